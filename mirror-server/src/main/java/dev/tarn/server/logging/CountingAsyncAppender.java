package dev.tarn.server.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AsyncAppenderBase;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Hands events to a thread of its own that writes them, so that nobody who logs waits for standard
 * output. Where that is not read, the queue fills, and further events are dropped and counted.
 */
final class CountingAsyncAppender extends AsyncAppenderBase<ILoggingEvent> {
  private static final int QUEUE_EVENTS = 2048;
  private static final int MAX_FLUSH_MILLIS = 1000;

  private final AtomicLong dropped = new AtomicLong();

  CountingAsyncAppender() {
    setQueueSize(QUEUE_EVENTS);
    setDiscardingThreshold(0);
    setNeverBlock(true);
    setMaxFlushTime(MAX_FLUSH_MILLIS);
  }

  long dropped() {
    return dropped.get();
  }

  @Override
  protected void preprocess(ILoggingEvent event) {
    event.prepareForDeferredProcessing();
    // Others may fill the queue between this look and the offer: the figure may be a few too low.
    if (getRemainingCapacity() == 0) {
      dropped.incrementAndGet();
    }
  }
}
