package dev.tarn.bench;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.server.net.Transport;
import dev.tarn.server.upstream.AccessListener;
import dev.tarn.server.upstream.AllowedTargets;
import dev.tarn.server.upstream.Authorities;
import dev.tarn.server.upstream.Caller;
import dev.tarn.server.upstream.Origin;
import dev.tarn.server.upstream.OwnAccess;
import dev.tarn.server.upstream.Reach;
import dev.tarn.server.upstream.Seams;
import dev.tarn.server.upstream.Upstream;
import dev.tarn.server.upstream.UpstreamAnswer;
import dev.tarn.server.upstream.UpstreamClient;
import dev.tarn.server.upstream.UpstreamContent;
import dev.tarn.server.upstream.UpstreamListener;
import dev.tarn.server.upstream.UpstreamSettings;
import io.netty.buffer.ByteBuf;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Tarn's own, on one event loop. */
final class TarnClient implements Client {
  private final Transport transport = Transport.start(1);
  private final UpstreamClient client;
  private final Upstream registry;

  TarnClient(String base, Path ca) {
    UpstreamSettings settings =
        new UpstreamSettings(
            Duration.ofSeconds(3),
            Duration.ofSeconds(30),
            Duration.ofSeconds(10),
            0,
            AllowedTargets.NONE,
            "tarn/bench");
    client = new UpstreamClient(transport, settings, UpstreamListener.NONE, Seams.system());
    Origin origin =
        new Origin(URI.create(base), Optional.of(new Authorities.InFile(ca)), Reach.ANYWHERE);
    registry = client.registry(List.of(origin), OwnAccess.NONE, AccessListener.NONE);
  }

  @Override
  public void fetch(String digest, Sink sink) throws Exception {
    UpstreamAnswer answer =
        registry.getBlob(
            new RepositoryName("bench"),
            Digest.parse("sha256:" + digest).orElseThrow(),
            0,
            Caller.anonymous());
    if (!(answer instanceof UpstreamAnswer.Found(UpstreamContent found))) {
      throw new IllegalStateException(answer.toString());
    }
    try (UpstreamContent content = found) {
      for (ByteBuf bytes = content.next(); bytes != null; bytes = content.next()) {
        sink.accept(bytes.nioBuffer());
        bytes.release();
      }
    }
  }

  @Override
  public void close() {
    client.close();
    transport.close();
  }
}
