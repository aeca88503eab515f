package dev.tarn.e2e.http;

import dev.tarn.e2e.check.CaseFailed;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A body that a relay holds back at an offset until it is released. */
public final class Hold {
  private final long afterBytes;
  private final Runnable onRelease;
  private final CountDownLatch reached = new CountDownLatch(1);

  Hold(long afterBytes, Runnable onRelease) {
    this.afterBytes = afterBytes;
    this.onRelease = onRelease;
  }

  long afterBytes() {
    return afterBytes;
  }

  void reached() {
    reached.countDown();
  }

  /** Returns when a body stands at the offset. */
  public void awaitReached(Duration limit) throws InterruptedException {
    if (!reached.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new CaseFailed("no body came to byte " + afterBytes + " within " + limit);
    }
  }

  public void release() {
    onRelease.run();
  }
}
