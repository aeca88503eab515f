package dev.tarn.server.upstream;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What came of asking a token realm. */
sealed interface TokenAnswer {

  /**
   * A token, issued to nobody in particular or for a credential of Tarn's own.
   *
   * @param challenges those of the registry's answer to a request without any token
   */
  record Issued(String authorization, Instant expires, List<String> challenges)
      implements TokenAnswer {
    @Override
    public String toString() {
      return "Issued[until " + expires + "]";
    }
  }

  /** The realm, or our own rules about realms, say no: without another credential no token. */
  record Denied(String why) implements TokenAnswer {}

  /** 429. */
  record Limited(Optional<Duration> retryAfter) implements TokenAnswer {}

  /** The realm could not be asked, or made no sense. */
  record Unusable(UpstreamAnswer.Reason reason, String detail) implements TokenAnswer {}
}
