package dev.tarn.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReadPaceTest {
  private static final int LITTLE = 1448;
  private static final int FAIR = 32 * 1024;
  private static final int MUCH = 200 * 1024;

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final ReadPace pace = new ReadPace(channel);

  @BeforeEach
  void timeStandsStill() {
    channel.freezeTime();
    pace.begin();
  }

  @Test
  void firstBytesWaitForNothing() {
    for (int read = 0; read < 3; read++) {
      cycle(LITTLE);
      assertThat(isReading()).isTrue();
    }
  }

  @Test
  void afterSomeSmallReadsItRestsForAWhile() {
    cycles(4, LITTLE);

    assertThat(isReading()).isFalse();
    pass(1);
    assertThat(isReading()).isTrue();
  }

  @Test
  void restsGrowUntilMoreComesTogetherButNotWithoutEnd() {
    cycles(4, LITTLE);
    assertThat(restMillis()).isEqualTo(1);
    cycle(LITTLE);
    assertThat(restMillis()).isEqualTo(2);
    cycle(FAIR);
    assertThat(restMillis()).isEqualTo(2);
    for (int read = 0; read < 10; read++) {
      cycle(LITTLE);
      restMillis();
    }
    cycle(LITTLE);
    assertThat(restMillis()).isEqualTo(16);
  }

  @Test
  void aLinkThatBringsMuchIsReadAsItComes() {
    cycles(4, LITTLE);
    pass(1);
    cycle(MUCH);
    assertThat(isReading()).isTrue();
    cycles(20, MUCH);
    assertThat(isReading()).isTrue();
  }

  @Test
  void manyPiecesInOneReadAreMuch() {
    for (int read = 0; read < 10; read++) {
      for (int piece = 0; piece < 4; piece++) {
        pace.read(16 * 1024);
      }
      pace.readComplete();
      assertThat(isReading()).isTrue();
    }
  }

  @Test
  void whereThereIsNoRoomAnEndedRestDoesNotRead() {
    cycles(4, LITTLE);
    pace.wanted(false);
    pass(1);
    assertThat(isReading()).isFalse();
    pace.wanted(true);
    assertThat(isReading()).isTrue();
  }

  @Test
  void roomDoesNotEndARest() {
    cycles(4, LITTLE);
    pace.wanted(true);
    assertThat(isReading()).isFalse();
    pass(1);
    assertThat(isReading()).isTrue();
  }

  @Test
  void theNextAnswerIsReadAsItComes() {
    cycles(8, LITTLE);
    pace.begin();
    assertThat(isReading()).isTrue();
    cycles(3, LITTLE);
    assertThat(isReading()).isTrue();
  }

  @Test
  void whatIsNoContentIsNotCounted() {
    for (int read = 0; read < 10; read++) {
      pace.readComplete();
    }
    assertThat(isReading()).isTrue();
  }

  private void cycles(int count, int bytes) {
    for (int i = 0; i < count; i++) {
      cycle(bytes);
    }
  }

  private void cycle(int bytes) {
    pace.read(bytes);
    pace.readComplete();
  }

  private int restMillis() {
    int millis = 0;
    while (!isReading()) {
      pass(1);
      millis++;
    }
    return millis;
  }

  private void pass(int millis) {
    channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
  }

  private boolean isReading() {
    return channel.config().isAutoRead();
  }
}
