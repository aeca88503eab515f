package dev.tarn.server.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.name.RegistryHost;
import dev.tarn.server.testing.Clients;
import dev.tarn.server.upstream.Caller;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How much a client may have asked upstream. */
class ClientLimitsTest {
  private static final RegistryHost REGISTRY = new RegistryHost("example.com");
  private static final Caller NOBODY = Caller.anonymous();

  private final AtomicLong nanos = new AtomicLong();

  private ClientLimits limits(int rate, int burst) {
    return new ClientLimits(rate, burst, nanos::get);
  }

  private static long taken(ClientLimits limits, RegistryHost registry, Caller caller, int times) {
    return IntStream.range(0, times).filter(i -> limits.take(registry, caller) == null).count();
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, Long.MAX_VALUE - 5_000_000_000L, Long.MIN_VALUE, -1})
  void aBurstThenARate(long start) {
    nanos.set(start);
    ClientLimits limits = limits(50, 500);

    assertThat(taken(limits, REGISTRY, NOBODY, 1000)).isEqualTo(500);
    pass(Duration.ofSeconds(2));
    assertThat(taken(limits, REGISTRY, NOBODY, 1000)).isEqualTo(100);
    pass(Duration.ofHours(1));
    assertThat(taken(limits, REGISTRY, NOBODY, 1000)).as("never more at once").isEqualTo(500);
  }

  @Test
  void whoeverIsRefusedIsToldWhenThereIsOneMore() {
    ClientLimits limits = limits(50, 1);
    taken(limits, REGISTRY, NOBODY, 1);

    Duration wait = Objects.requireNonNull(limits.take(REGISTRY, NOBODY)).retryAfter();

    assertThat(wait).isEqualTo(Duration.ofMillis(20));
    pass(wait.minusNanos(1));
    assertThat(limits.take(REGISTRY, NOBODY)).isNotNull();
    pass(Duration.ofNanos(1));
    assertThat(limits.take(REGISTRY, NOBODY)).isNull();
  }

  @Test
  void whoeverShowsAnotherCredentialIsAnotherClientAndSoAtAnotherRegistry() {
    ClientLimits limits = limits(1, 5);
    assertThat(taken(limits, REGISTRY, NOBODY, 10)).isEqualTo(5);

    assertThat(taken(limits, REGISTRY, Caller.withAuthorization("Basic a"), 10)).isEqualTo(5);
    assertThat(taken(limits, REGISTRY, Caller.withAuthorization("Basic a"), 10)).isZero();
    assertThat(taken(limits, new RegistryHost("quay.io"), NOBODY, 10)).isEqualTo(5);
  }

  @Test
  void madeUpCredentialsGetNobodyFurtherThanFourClientsWould() {
    ClientLimits limits = limits(10, 100);

    long taken =
        IntStream.range(0, 10_000)
            .filter(i -> limits.take(REGISTRY, Caller.withAuthorization("Bearer " + i)) == null)
            .count();

    assertThat(taken).isEqualTo(400);
    pass(Duration.ofSeconds(1));
    assertThat(
            IntStream.range(0, 10_000)
                .filter(i -> limits.take(REGISTRY, Caller.withAuthorization("Basic " + i)) == null)
                .count())
        .isEqualTo(40);
  }

  @Test
  void ofManyAtOnceNoneIsCountedTwiceNorForgotten() throws Exception {
    ClientLimits limits = limits(1, 1000);

    List<Long> taken = Clients.atOnce(8, i -> () -> taken(limits, REGISTRY, NOBODY, 500));

    assertThat(taken.stream().mapToLong(Long::longValue).sum()).isEqualTo(1000);
  }

  @Test
  void aRateOfNoneIsNoLimit() {
    assertThat(taken(ClientLimits.none(), REGISTRY, NOBODY, 10_000)).isEqualTo(10_000);
  }
}
