package dev.tarn.server.peer;

/** What became of asking a node how it is. */
public sealed interface StatusOutcome {
  /** It said this, which nobody read yet. */
  record Said(String text) implements StatusOutcome {}

  /** It runs a version that does not know the question. */
  record Unknown() implements StatusOutcome {}

  /** It gave no answer that can be read, or not in time. */
  record Silent(PeerFailure failure) implements StatusOutcome {}
}
