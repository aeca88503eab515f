package dev.tarn.server.membership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.placement.Member;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DnsSourceTest {
  private static final Duration PERIOD = Duration.ofSeconds(30);

  private final ManualSchedule schedule = new ManualSchedule();
  private final RecordingSink sink = new RecordingSink();
  private final List<String> asked = new ArrayList<>();
  private List<InetAddress> answer = List.of();
  private final AtomicLong now = new AtomicLong(-3);
  private final DnsSource source =
      new DnsSource(
          new DnsSource.Query("tarn.internal", 5051, PERIOD),
          this::resolve,
          schedule,
          new Random(7),
          now::get);

  @Test
  void everyAddressOfEitherFamilyIsAMemberCalledByIt() throws UnknownHostException {
    answer = addresses("10.0.0.2", "fd00::1", "10.0.0.1", "10.0.0.2");

    source.start(sink);
    schedule.runNext();

    assertThat(asked).containsExactly("tarn.internal");
    assertThat(sink.found)
        .containsExactly(
            List.of(
                member("10.0.0.1:5051"),
                member("10.0.0.2:5051"),
                member("[fd00:0:0:0:0:0:0:1]:5051")));
  }

  @Test
  void whatWasFoundIsAsOldAsTheLatestAnswer() throws UnknownHostException {
    answer = addresses("10.0.0.1");
    source.start(sink);
    passSeconds(2);
    assertThat(source.age()).as("none yet").hasSeconds(2);
    schedule.runNext();
    assertThat(source.age()).isZero();

    passSeconds(30);
    answer = List.of();
    schedule.runNext();
    assertThat(source.age()).as("no answer").hasSeconds(30);
  }

  private void passSeconds(long seconds) {
    now.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }

  @Test
  void startingAsksNobodyOnTheCallersThread() {
    source.start(sink);
    assertThat(asked).isEmpty();
  }

  @Test
  void theNameIsLookedUpAgainEveryPeriod() throws UnknownHostException {
    answer = addresses("10.0.0.1");
    source.start(sink);
    assertThat(schedule.runNext()).isZero();
    answer = addresses("10.0.0.1", "10.0.0.2");

    assertThat(schedule.runNext()).isEqualTo(PERIOD);

    assertThat(sink.found.getLast()).hasSize(2);
    assertThat(schedule.pending()).isOne();
  }

  @Test
  void whereTheNameIsNotResolvedItIsTriedSoonerThanThatAndReportedAsAFailure()
      throws UnknownHostException {
    answer = addresses("10.0.0.1");
    source.start(sink);
    schedule.runNext();
    answer = List.of();
    schedule.runNext();
    assertThat(sink.failures).isOne();

    List<Duration> waits = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      waits.add(schedule.runNext());
    }

    assertThat(waits.getFirst()).isLessThanOrEqualTo(Duration.ofSeconds(1));
    assertThat(waits.get(2)).isBetween(Duration.ofSeconds(3), Duration.ofSeconds(4));
    assertThat(waits).allSatisfy(wait -> assertThat(wait).isLessThanOrEqualTo(PERIOD));
    assertThat(sink.found).hasSize(1);

    answer = addresses("10.0.0.3");
    schedule.runNext();
    assertThat(sink.found.getLast()).containsExactly(member("10.0.0.3:5051"));
    assertThat(schedule.runNext()).isEqualTo(PERIOD);
  }

  @Test
  void afterACloseNothingIsAskedOrReported() throws UnknownHostException {
    answer = addresses("10.0.0.1");
    source.start(sink);
    source.close();

    schedule.runNext();

    assertThat(asked).isEmpty();
    assertThat(sink.found).isEmpty();
    assertThat(schedule.pending()).isZero();
  }

  private List<InetAddress> resolve(String name) throws UnknownHostException {
    asked.add(name);
    if (answer.isEmpty()) {
      throw new UnknownHostException(name);
    }
    return answer;
  }

  private static List<InetAddress> addresses(String... texts) throws UnknownHostException {
    List<InetAddress> addresses = new ArrayList<>();
    for (String text : texts) {
      addresses.add(InetAddress.getByName(text));
    }
    return addresses;
  }

  private static Member member(String address) {
    return new Member(address, "", address, true);
  }
}
