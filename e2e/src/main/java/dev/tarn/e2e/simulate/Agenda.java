package dev.tarn.e2e.simulate;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/**
 * What happens later, in order of time, and within a slot of 20 µs in order of request. The
 * simulation's thread.
 */
final class Agenda {
  private static final long SLOT_NANOS = 20_000;

  /** How many slots lie ready, some 0.6 s; what is due later waits in order beside them. */
  private static final int SLOTS = 1 << 15;

  private record Later(long slot, long sequence, Runnable task) {}

  private final List<List<Runnable>> ring = new ArrayList<>(SLOTS);
  private final PriorityQueue<Later> later =
      new PriorityQueue<>(
          (a, b) ->
              a.slot != b.slot
                  ? Long.compare(a.slot, b.slot)
                  : Long.compare(a.sequence, b.sequence));
  private long slot;
  private long sequence;

  Agenda() {
    for (int i = 0; i < SLOTS; i++) {
      ring.add(new ArrayList<>(0));
    }
  }

  long now() {
    return slot * SLOT_NANOS;
  }

  /** Runs {@code task} at that time, or at once where that is past. */
  void at(long nanos, Runnable task) {
    long due = Math.max(slot, nanos / SLOT_NANOS);
    if (due - slot < SLOTS) {
      ring.get((int) (due % SLOTS)).add(task);
    } else {
      later.add(new Later(due, sequence++, task));
    }
  }

  void after(long nanos, Runnable task) {
    at(now() + nanos, task);
  }

  /** Runs everything that is due before {@code nanos}, which is then the time. */
  void runUntil(long nanos) {
    long end = nanos / SLOT_NANOS;
    while (slot < end) {
      Later first = later.peek();
      while (first != null && first.slot <= slot) {
        later.remove().task.run();
        first = later.peek();
      }
      List<Runnable> due = ring.get((int) (slot % SLOTS));
      // What is added to the slot while it runs belongs to it.
      for (int i = 0; i < due.size(); i++) {
        due.get(i).run();
      }
      due.clear();
      slot++;
    }
  }
}
