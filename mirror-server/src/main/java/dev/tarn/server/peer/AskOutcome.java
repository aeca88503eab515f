package dev.tarn.server.peer;

import dev.tarn.core.planner.Answer;

/** What became of a question. */
public sealed interface AskOutcome {
  record Answered(Answer answer) implements AskOutcome {}

  /** It could not be delivered, or its answer could not be read, or came too late. */
  record Unanswered(PeerFailure failure) implements AskOutcome {}
}
