package dev.tarn.e2e.cluster;

import java.util.ArrayList;
import java.util.List;

/**
 * How one attempt to pull an image went; its parts may be told by several threads.
 *
 * @param seconds from its start to its end
 * @param failure why it did not succeed, or empty
 * @param wrong what was delivered as complete and was not what was asked for
 * @param troubles everything that was not as it should be, in order
 * @param fallbacks how many requests went upstream although Tarn was asked first
 * @param resumed how many bodies ended early and were continued
 */
public record PullReport(
    double seconds,
    String failure,
    List<String> wrong,
    List<String> troubles,
    int fallbacks,
    int resumed) {
  public PullReport {
    wrong = List.copyOf(wrong);
    troubles = List.copyOf(troubles);
  }

  public boolean succeeded() {
    return failure.isEmpty();
  }

  /** What is noted while the attempt is made. */
  static final class Notes {
    private final List<String> wrong = new ArrayList<>();
    private final List<String> troubles = new ArrayList<>();
    private int fallbacks;
    private int resumed;

    synchronized void wrong(String what) {
      wrong.add(what);
      troubles.add(what);
    }

    synchronized void trouble(String what) {
      troubles.add(what);
    }

    synchronized void fellBack() {
      fallbacks++;
    }

    synchronized void resumed(String what) {
      resumed++;
      troubles.add(what);
    }

    synchronized PullReport report(double seconds, String failure) {
      return new PullReport(seconds, failure, wrong, troubles, fallbacks, resumed);
    }
  }
}
