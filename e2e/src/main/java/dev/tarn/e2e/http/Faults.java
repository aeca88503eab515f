package dev.tarn.e2e.http;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What is wrong with a relay at the moment: it hangs, it holds the body of an object back after
 * some bytes, it is slow. Set from any thread; the relay's threads wait here.
 */
final class Faults {
  private static final long NO_LIMIT = Long.MAX_VALUE;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<String, Hold> holds = new ConcurrentHashMap<>();
  private boolean hanging;
  private volatile long bytesPerSecond = NO_LIMIT;

  void hang(boolean on) {
    lock.lock();
    try {
      hanging = on;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void bytesPerSecond(long rate) {
    bytesPerSecond = rate;
  }

  Hold hold(String digest, long afterBytes) {
    Hold hold = new Hold(afterBytes, () -> release(digest));
    holds.put(digest, hold);
    return hold;
  }

  private void release(String digest) {
    holds.remove(digest);
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** How many of the next bytes of a body may pass now; waits while none may. */
  int allowed(Exchange exchange, long offset, int wanted) throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        Hold hold = holds.get(exchange.reference());
        long room = hold == null || !exchange.blob() ? NO_LIMIT : hold.afterBytes() - offset;
        if (!hanging && room > 0) {
          return (int) Math.min(wanted, room);
        }
        if (hold != null && room <= 0) {
          hold.reached();
        }
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  void awaitAnswering() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (hanging) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  void pace(int bytes) {
    long rate = bytesPerSecond;
    if (rate != NO_LIMIT) {
      LockSupport.parkNanos(bytes * 1_000_000_000L / rate);
    }
  }
}
