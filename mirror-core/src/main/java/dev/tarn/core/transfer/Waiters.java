package dev.tarn.core.transfer;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.LongPredicate;

/** Readers that wait for a byte, each woken once. Not thread-safe; the transfer guards it. */
final class Waiters {
  private record Waiter(TransferReader reader, long offset, Runnable wake) {}

  private final List<Waiter> waiting = new ArrayList<>();

  void add(TransferReader reader, long offset, Runnable wake) {
    waiting.add(new Waiter(reader, offset, wake));
  }

  void leave(TransferReader reader) {
    waiting.removeIf(waiter -> waiter.reader().equals(reader));
  }

  /** Those at whose offset there is a byte now; they wait no more. */
  List<Runnable> take(LongPredicate here) {
    if (waiting.isEmpty()) {
      return List.of();
    }
    List<Runnable> ready = new ArrayList<>();
    for (Iterator<Waiter> each = waiting.iterator(); each.hasNext(); ) {
      Waiter waiter = each.next();
      if (here.test(waiter.offset())) {
        ready.add(waiter.wake());
        each.remove();
      }
    }
    return ready;
  }

  /** The offsets waited at, in ascending order, each once. */
  long[] offsets() {
    return waiting.stream().mapToLong(Waiter::offset).sorted().distinct().toArray();
  }
}
