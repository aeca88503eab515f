package dev.tarn.core.access;

import java.time.Duration;

/**
 * For how long a registry's word on a credential is believed.
 *
 * @param decisionTime while the registry can be asked
 * @param graceTime while it cannot be reached, where the credential is a name and a password
 */
public record AccessPolicy(Duration decisionTime, Duration graceTime) {
  /** By how much decisions last longer where the registry limits the rate of questions. */
  static final Duration RATE_LIMITED_LONGER = Duration.ofHours(1);

  public static final AccessPolicy DEFAULT =
      new AccessPolicy(Duration.ofMinutes(5), Duration.ofHours(24));

  public AccessPolicy {
    if (decisionTime.isNegative() || graceTime.isNegative()) {
      throw new IllegalArgumentException("times are not negative");
    }
  }
}
