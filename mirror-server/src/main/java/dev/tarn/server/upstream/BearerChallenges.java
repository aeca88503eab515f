package dev.tarn.server.upstream;

import java.util.List;

/** Values of {@code WWW-Authenticate}, put otherwise for a client; what is not Bearer stays. */
public final class BearerChallenges {
  private BearerChallenges() {}

  /** The same with another realm; service, scope and all else to the letter. */
  public static List<String> withRealm(List<String> challenges, String realm) {
    return challenges.stream().map(header -> Challenge.withRealm(header, realm)).toList();
  }

  /** The same, saying that the token which came is not valid: without that it would come again. */
  public static List<String> blamingToken(List<String> challenges) {
    return challenges.stream().map(Challenge::blamingToken).toList();
  }
}
