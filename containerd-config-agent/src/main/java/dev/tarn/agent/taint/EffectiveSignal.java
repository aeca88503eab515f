package dev.tarn.agent.taint;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waiting by the clock on the wall, and how whoever knows tells that the mirror is effective. */
public final class EffectiveSignal implements StartUpTaint.Waiting {
  private final CountDownLatch effective = new CountDownLatch(1);

  /** It is. Once is enough. */
  public void isEffective() {
    effective.countDown();
  }

  @Override
  public void untilEffective(Duration limit) throws InterruptedException {
    effective.await(limit.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void pause(Duration time) throws InterruptedException {
    Thread.sleep(time);
  }
}
