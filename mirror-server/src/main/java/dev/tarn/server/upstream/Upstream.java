package dev.tarn.server.upstream;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.Reference;
import dev.tarn.core.name.RepositoryName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One registry as Tarn reaches it: a chain of origins in order. Every call blocks its (virtual)
 * thread for at most the configured time-outs and never throws for what a server or network does.
 */
public interface Upstream {
  /** The end of a part that has none. */
  long UNTIL_THE_END = -1;

  /** Host and port of the origin that a caller's credential would be sent to. Never blocks. */
  String origin(RepositoryName repository);

  /**
   * The token realm that an origin's challenges name, where a client's secret may be shown to it;
   * empty where they name none, or none that belongs to the origin.
   *
   * @param origin its host and port
   */
  default Optional<String> realm(String origin, List<String> challenges) {
    return Optional.empty();
  }

  /**
   * Passes a client's request for a token on to a realm that {@link #realm} gave. Blocks for at
   * most {@code patience}.
   */
  default RealmReply askRealm(
      String origin, String realm, TokenRequest request, Duration patience) {
    return new RealmReply.Unusable(UpstreamAnswer.Reason.FORBIDDEN_TARGET, "has no token realm");
  }

  /** Asks for a manifest's headers. {@code accept} is the client's own list, passed on. */
  UpstreamAnswer headManifest(
      RepositoryName repository, Reference reference, String accept, Caller caller);

  /** Asks for a manifest. */
  UpstreamAnswer getManifest(
      RepositoryName repository, Reference reference, String accept, Caller caller);

  /** Asks for a blob's headers. */
  UpstreamAnswer headBlob(RepositoryName repository, Digest digest, Caller caller);

  /**
   * Asks for a blob, or for the part of it from {@code offset} to its end. Where {@code offset} is
   * not 0 and upstream ignores ranges, the answer is a {@link UpstreamAnswer.Found} whose {@link
   * UpstreamContent#offset} is 0.
   */
  default UpstreamAnswer getBlob(
      RepositoryName repository, Digest digest, long offset, Caller caller) {
    return getPart(repository, digest, offset, UNTIL_THE_END, caller);
  }

  /**
   * Asks for the bytes of a blob from {@code start} up to {@code end}. Where upstream ignores
   * ranges, the answer is a {@link UpstreamAnswer.Found} of the whole blob.
   */
  UpstreamAnswer getPart(
      RepositoryName repository, Digest digest, long start, long end, Caller caller);

  /**
   * Passes a listing through: {@code tags/list?…} or {@code referrers/<digest>?…}.
   *
   * @param pathAndQuery what follows {@code /v2/<repository>/}, already checked by the caller
   */
  UpstreamAnswer getListing(RepositoryName repository, String pathAndQuery, Caller caller);
}
