package dev.tarn.core.planner;

import java.util.PriorityQueue;

/** What is to be done later, in the order of time and then of request. The planner's thread. */
final class Timers {
  static final long NONE = Long.MAX_VALUE;

  private record Timer(long at, long sequence, Runnable task) {}

  private final PriorityQueue<Timer> queue =
      new PriorityQueue<>(
          (a, b) -> a.at != b.at ? Long.compare(a.at, b.at) : Long.compare(a.sequence, b.sequence));
  private long sequence;

  /** Runs {@code task} at that time; it looks itself whether it is still meant. */
  void at(long time, Runnable task) {
    queue.add(new Timer(time, sequence++, task));
  }

  /** Takes out the next task that is due, or a task that does nothing where none is. */
  boolean runNext(long now) {
    Timer next = queue.peek();
    if (next == null || next.at > now) {
      return false;
    }
    queue.remove();
    next.task.run();
    return true;
  }

  long next() {
    Timer next = queue.peek();
    return next == null ? NONE : next.at;
  }
}
