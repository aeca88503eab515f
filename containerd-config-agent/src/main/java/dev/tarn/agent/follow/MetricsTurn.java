package dev.tarn.agent.follow;

import dev.tarn.agent.mirror.Answer;

/**
 * When the metrics go along with a question. The mirror keeps them for a minute, and hashing them,
 * for the proof, is most of what a question costs.
 */
final class MetricsTurn {
  static final long PAUSE_MILLIS = 15_000;

  private long next = Long.MIN_VALUE;

  boolean isDue(long now) {
    return now >= next;
  }

  /**
   * What came of a question. A mirror that did not answer may be another one next time.
   *
   * @param withMetrics whether they went along
   */
  void heard(Answer answer, boolean withMetrics, long now) {
    if (!(answer instanceof Answer.Proven)) {
      next = Long.MIN_VALUE;
    } else if (withMetrics) {
      next = now + PAUSE_MILLIS;
    }
  }
}
