package dev.tarn.agent.follow;

import dev.tarn.agent.tree.Standing;

/** What happened, for the log. Nothing is said twice while it does not change. */
sealed interface Report {
  /** Entries are wanted from now on, or not any more. {@code why} is for a person. */
  record Wished(Wish wish, String why) implements Report {}

  /** It stands otherwise with an entry than it did. */
  record Stood(Place place, Standing standing) implements Report {}

  /** Somebody else changed or took away what we put there, the {@code times}-th time of late. */
  record Drifted(Place place, int times) implements Report {}

  /** Whether containerd comes to the mirror is seen otherwise than it was. */
  record Judged(Verdict verdict) implements Report {}
}
