package dev.tarn.server.testing;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Fails the whole run where a buffer was leaked by any test. It is in place before Netty's classes
 * are, and looks once more after the last test, when what was leaked late has been collected.
 */
public final class LeakGuard implements LauncherSessionListener {
  private static final int COLLECTIONS = 5;
  private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(
        new ResourceLeakDetectorFactory() {
          @Override
          @SuppressWarnings("deprecation") // Abstract, so it has to be there.
          public <T> ResourceLeakDetector<T> newResourceLeakDetector(
              Class<T> resource, int samplingInterval, long maxActive) {
            return newResourceLeakDetector(resource, samplingInterval);
          }

          @Override
          public <T> ResourceLeakDetector<T> newResourceLeakDetector(
              Class<T> resource, int samplingInterval) {
            return new NotingDetector<>(resource, samplingInterval);
          }
        });
  }

  @Override
  public void launcherSessionClosed(LauncherSession session) {
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
      // A leak is reported when the next buffer is made.
      UnpooledByteBufAllocator.DEFAULT.heapBuffer(1).release();
      UnpooledByteBufAllocator.DEFAULT.directBuffer(1).release();
    }
    if (!LEAKS.isEmpty()) {
      throw new AssertionError(LEAKS.size() + " buffers leaked, the first: " + LEAKS.peek());
    }
  }

  private static final class NotingDetector<T> extends ResourceLeakDetector<T> {
    NotingDetector(Class<T> resource, int samplingInterval) {
      super(resource, samplingInterval);
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
      super.reportTracedLeak(resourceType, records);
      LEAKS.add(resourceType + records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
      super.reportUntracedLeak(resourceType);
      LEAKS.add(resourceType);
    }
  }
}
