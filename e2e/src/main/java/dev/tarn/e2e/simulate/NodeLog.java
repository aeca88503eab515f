package dev.tarn.e2e.simulate;

import dev.tarn.core.planner.Question;

/** What is counted of one node. The simulation's thread. */
final class NodeLog {
  long startedAt = -1;
  long doneAt = -1;
  int gaveUp;

  /** The longest that a blob's first chunk took, without which no byte may be sent to a client. */
  long slowestHeadNanos;

  long received;
  int upstreamRequests;
  long homeRequests;
  long probes;

  void asked(Question question) {
    switch (question) {
      case Question.Open _, Question.Locate _, Question.Report _, Question.Forwarded _ ->
          homeRequests++;
      case Question.Probe _ -> probes++;
      case Question.Revoke _, Question.Consult _, Question.Announce _ -> {}
    }
  }

  void head(long nanos) {
    slowestHeadNanos = Math.max(slowestHeadNanos, nanos);
  }

  boolean started() {
    return startedAt >= 0;
  }

  boolean done() {
    return doneAt >= 0;
  }

  double seconds() {
    return (doneAt - startedAt) / 1e9;
  }
}
