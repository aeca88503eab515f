package dev.tarn.agent.follow;

/** What is to be with the entries. */
enum Wish {
  /** Not known yet: what stands from before stays. */
  UNDECIDED,
  PRESENT,
  ABSENT
}
