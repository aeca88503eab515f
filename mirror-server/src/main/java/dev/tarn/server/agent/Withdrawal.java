package dev.tarn.server.agent;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Waits, at the end of this node, until no entry leads to it any more. There may be several agents,
 * as while one takes another's place: each has to say so, after it could hear that the node ends;
 * or that it ends itself, since one that goes on may put its entries there again. One that was not
 * heard of lately is gone. Thread-safe.
 */
final class Withdrawal {
  /** An agent reports every few seconds. */
  static final Duration HEARD_LATELY = Duration.ofSeconds(10);

  private static final int MAX_AGENTS = 8;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** By agent, the one that was heard longest ago first. */
  private final Map<String, Word> words = new LinkedHashMap<>();

  private boolean waited;

  /** An agent's last word, and whether it will do for good. */
  private record Word(boolean settled, long nanos) {}

  /**
   * An agent reports.
   *
   * @param draining whether it is told that this node ends
   */
  void heard(Report report, boolean draining, long now) {
    lock.lock();
    try {
      words.remove(report.agent());
      words.put(
          report.agent(), new Word(report.entries() == 0 && (draining || report.ending()), now));
      if (words.size() > MAX_AGENTS) {
        words.remove(words.keySet().iterator().next());
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for it, though not a second time.
   *
   * @param now when the end began
   * @return whether nothing leads here any more, as far as it is known
   */
  boolean await(Duration limit, long now) throws InterruptedException {
    lock.lock();
    try {
      if (waited) {
        return true;
      }
      waited = true;
      // Who is asked less often than every few seconds may still be heard within the limit.
      forget(now - Math.max(limit.toNanos(), HEARD_LATELY.toNanos()));
      long left = limit.toNanos();
      while (!isSettled()) {
        if (left <= 0) {
          return false;
        }
        left = changed.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void forget(long before) {
    Iterator<Word> each = words.values().iterator();
    while (each.hasNext()) {
      if (each.next().nanos() - before < 0) {
        each.remove();
      }
    }
  }

  private boolean isSettled() {
    return words.values().stream().allMatch(Word::settled);
  }
}
