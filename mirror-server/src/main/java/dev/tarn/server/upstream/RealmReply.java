package dev.tarn.server.upstream;

import dev.tarn.server.upstream.UpstreamAnswer.ErrorBody;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** What came of asking a realm for a client's token. It cannot be printed. */
public sealed interface RealmReply {

  /**
   * The realm's own answer, be it a token or a refusal.
   *
   * @param tokens those that the body gives; none where it gives none that a header can carry
   * @param lifetime of the tokens
   */
  record Answered(
      int status,
      ErrorBody body,
      Optional<Duration> retryAfter,
      Set<String> tokens,
      Duration lifetime)
      implements RealmReply {
    @Override
    public String toString() {
      return "Answered[" + status + "]";
    }
  }

  /** It was not reached, or gave no answer that can be passed on. */
  record Unusable(UpstreamAnswer.Reason reason, String detail) implements RealmReply {}
}
