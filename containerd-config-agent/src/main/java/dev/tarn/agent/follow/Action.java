package dev.tarn.agent.follow;

/** What is to be done now. What comes of it is told to the {@link Follower}. */
sealed interface Action {
  record Put(Place place) implements Action {}

  record Withdraw(Place place) implements Action {}

  record Look(Place place) implements Action {}

  /** Look what of ours stands under a root, chosen or not. */
  record Sweep(String root) implements Action {}

  /** Ask the mirror, and tell it how many entries stand. */
  record Ask(int entries) implements Action {}

  /** Nothing of ours stands any more, or cannot be taken back in time. */
  record End() implements Action {}
}
