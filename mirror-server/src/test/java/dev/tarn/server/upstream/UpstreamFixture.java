package dev.tarn.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.core.name.Tag;
import dev.tarn.server.net.Transport;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.ScriptedUpstream;
import dev.tarn.server.upstream.UpstreamAnswer.Failed;
import dev.tarn.server.upstream.UpstreamAnswer.Found;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A client on its own event loops with everything from outside in the test's hands: the clock
 * stands, waits are noted and return at once, names resolve as told.
 */
final class UpstreamFixture implements AutoCloseable {
  static final RepositoryName REPOSITORY = new RepositoryName("library/alpine");
  static final Tag TAG = new Tag("latest");
  static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  static final String MANIFEST_PATH = "/v2/library/alpine/manifests/latest";
  static final Tag OTHER_TAG = new Tag("other");
  static final String OTHER_PATH = "/v2/library/alpine/manifests/other";

  /** Any manifest, for tests that are not about what stands in it. */
  static final Reply MANIFEST = Reply.manifest(OCI_MANIFEST, "{}".getBytes(StandardCharsets.UTF_8));

  final Transport transport = Transport.start(1);
  final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-03-01T12:00:00Z"));
  final List<Duration> sleeps = Collections.synchronizedList(new ArrayList<>());
  final List<String> events = Collections.synchronizedList(new ArrayList<>());
  final ScriptedUpstream upstream;

  Resolver resolver = Resolver.SYSTEM;
  Map<String, String> environment = Map.of();
  Duration connectTimeout = Duration.ofSeconds(3);
  Duration headerTimeout = Duration.ofSeconds(10);
  Duration stallTimeout = Duration.ofSeconds(10);
  int retries = 3;
  List<String> allowed = List.of();
  Optional<Path> authorities = Optional.empty();
  ConnectionPool.Limits limits = ConnectionPool.Limits.DEFAULT;
  private final Map<List<String>, Upstream> registries = new ConcurrentHashMap<>();
  private @Nullable UpstreamClient client;

  UpstreamFixture(ScriptedUpstream upstream) {
    this.upstream = upstream;
  }

  UpstreamFixture() {
    this(ScriptedUpstream.start());
  }

  synchronized UpstreamClient client() {
    if (client == null) {
      client =
          new UpstreamClient(
              transport,
              new UpstreamSettings(
                  connectTimeout,
                  headerTimeout,
                  stallTimeout,
                  retries,
                  AllowedTargets.parse(allowed),
                  authorities,
                  "tarn/test"),
              listener(),
              new Seams(
                  (InstantSource) now::get, new Random(7), sleeps::add, resolver, environment),
              limits);
    }
    return client;
  }

  private UpstreamListener listener() {
    return new UpstreamListener() {
      @Override
      public void answered(String origin, int status, Duration time) {
        events.add(origin + " " + status);
      }

      @Override
      public void failed(String origin, UpstreamAnswer.Reason reason, Duration time) {
        events.add(origin + " " + reason);
      }

      @Override
      public void bodyFailed(String origin, UpstreamAnswer.Reason reason) {
        events.add(origin + " body " + reason);
      }

      @Override
      public void quota(String origin, long remaining) {
        events.add(origin + " quota " + remaining);
      }

      @Override
      public void limited(String origin, Duration leftAlone) {
        events.add(origin + " limits for " + leftAlone);
      }

      @Override
      public void rests(String origin, Duration leftAlone) {
        events.add(origin + " rests");
      }
    };
  }

  /** The registry that the scripted server is. */
  Upstream registry() {
    return registry(upstream.url());
  }

  Upstream registry(String... urls) {
    return registries.computeIfAbsent(List.of(urls), chain -> registry(OwnAccess.NONE, chain));
  }

  /** A registry at which Tarn has something to show. */
  Upstream registry(OwnAccess own, String... urls) {
    return registry(own, List.of(urls));
  }

  private Upstream registry(OwnAccess own, List<String> urls) {
    return client().registry(urls.stream().map(Origin::of).toList(), own, AccessListener.NONE);
  }

  UpstreamAnswer getManifest() {
    return registry().getManifest(REPOSITORY, TAG, OCI_MANIFEST, Caller.anonymous());
  }

  UpstreamAnswer get(Tag tag, Caller caller) {
    return registry().getManifest(REPOSITORY, tag, "", caller);
  }

  /** The clock goes on; back where the time is negative. */
  void pass(Duration time) {
    now.updateAndGet(before -> before.plus(time));
  }

  static String blobPath(byte[] content) {
    return "/v2/library/alpine/blobs/" + Digest.sha256(content);
  }

  UpstreamAnswer getBlob(byte[] content, long offset) {
    return registry().getBlob(REPOSITORY, Digest.sha256(content), offset, Caller.anonymous());
  }

  static byte[] randomBytes(int length) {
    byte[] bytes = new byte[length];
    new Random(42).nextBytes(bytes);
    return bytes;
  }

  static UpstreamContent found(UpstreamAnswer answer) {
    assertThat(answer).isInstanceOf(Found.class);
    return ((Found) answer).content();
  }

  static Failed failed(UpstreamAnswer answer) {
    assertThat(answer).isInstanceOf(Failed.class);
    return (Failed) answer;
  }

  /** The whole body; closes the content. */
  static byte[] read(UpstreamAnswer answer) throws IOException {
    try (UpstreamContent content = found(answer)) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      readInto(bytes, content);
      return bytes.toByteArray();
    }
  }

  static void readInto(ByteArrayOutputStream bytes, UpstreamContent content) throws IOException {
    while (readOnce(bytes, content)) {
      // The next bytes, please.
    }
  }

  /** Reads what comes next; false at the end. */
  static boolean readOnce(ByteArrayOutputStream bytes, UpstreamContent content) throws IOException {
    ByteBuf next = content.next();
    if (next == null) {
      return false;
    }
    next.readBytes(bytes, next.readableBytes());
    next.release();
    return true;
  }

  /** Ends everything and checks that no connection is left. */
  @Override
  public void close() {
    upstream.close();
    UpstreamClient used = client;
    if (used != null) {
      used.close();
      Awaitility.await().untilAsserted(() -> assertThat(used.pool().openConnections()).isZero());
    }
    transport.close();
  }
}
