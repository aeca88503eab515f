package dev.tarn.server.mirror;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.Reference;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.server.upstream.Caller;
import dev.tarn.server.upstream.RealmReply;
import dev.tarn.server.upstream.TokenRequest;
import dev.tarn.server.upstream.Upstream;
import dev.tarn.server.upstream.UpstreamAnswer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A registry that each client may ask so much and no more. */
record MeteredUpstream(RegistryHost registry, Upstream upstream, ClientLimits limits)
    implements Upstream {

  private UpstreamAnswer ask(Caller caller, Supplier<UpstreamAnswer> question) {
    UpstreamAnswer.@Nullable TooMany tooMany = limits.take(registry, caller);
    return tooMany == null ? question.get() : tooMany;
  }

  @Override
  public String origin(RepositoryName repository) {
    return upstream.origin(repository);
  }

  @Override
  public Optional<String> realm(String origin, List<String> challenges) {
    return upstream.realm(origin, challenges);
  }

  /** Is limited where clients ask for it. */
  @Override
  public RealmReply askRealm(String origin, String realm, TokenRequest request, Duration patience) {
    return upstream.askRealm(origin, realm, request, patience);
  }

  @Override
  public UpstreamAnswer headManifest(
      RepositoryName repository, Reference reference, String accept, Caller caller) {
    return ask(caller, () -> upstream.headManifest(repository, reference, accept, caller));
  }

  @Override
  public UpstreamAnswer getManifest(
      RepositoryName repository, Reference reference, String accept, Caller caller) {
    return ask(caller, () -> upstream.getManifest(repository, reference, accept, caller));
  }

  @Override
  public UpstreamAnswer headBlob(RepositoryName repository, Digest digest, Caller caller) {
    return ask(caller, () -> upstream.headBlob(repository, digest, caller));
  }

  @Override
  public UpstreamAnswer getPart(
      RepositoryName repository, Digest digest, long start, long end, Caller caller) {
    return ask(caller, () -> upstream.getPart(repository, digest, start, end, caller));
  }

  @Override
  public UpstreamAnswer getListing(RepositoryName repository, String pathAndQuery, Caller caller) {
    return ask(caller, () -> upstream.getListing(repository, pathAndQuery, caller));
  }
}
