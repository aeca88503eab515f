package dev.tarn.e2e.kube;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WatchTest {
  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

  @Test
  void aWatchThatEndsIsBegunAgain() throws Exception {
    AtomicInteger times = new AtomicInteger();

    try (Watch watch =
        Watch.start(
            () -> {
              if (times.incrementAndGet() == 2) {
                throw new IOException("away");
              }
              return Stream.of("{\"type\": \"ADDED " + times.get() + "\"}");
            },
            change -> told.add(Trees.text(change, "type")))) {
      assertThat(watch).isNotNull();
      assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo("ADDED 1");
      assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo("ADDED 3");
    }
  }
}
