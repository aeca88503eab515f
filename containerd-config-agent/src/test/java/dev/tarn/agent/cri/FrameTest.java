package dev.tarn.agent.cri;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FrameTest {
  @Test
  void isWrittenAsTheStandardSays() {
    Frame ping = new Frame(Frame.PING, Frame.ACK, 0, new byte[] {1, 2, 3, 4, 5, 6, 7, 8});

    assertThat(ping.encoded().array())
        .containsExactly(0, 0, 8, 6, 1, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8);
  }

  @Test
  void paddingAndPriorityAreNotContent() {
    int flags = Frame.PADDED | Frame.PRIORITY;
    byte[] payload = {2, 0, 0, 0, 1, 7, 42, 43, 0, 0};

    assertThat(new Frame(Frame.HEADERS, flags, 1, payload).content()).containsExactly(42, 43);
  }

  @Test
  void aPaddingThatDoesNotFitLeavesNothing() {
    assertThat(new Frame(Frame.DATA, Frame.PADDED, 1, new byte[] {9, 1}).content()).isEmpty();
    assertThat(new Frame(Frame.DATA, Frame.PADDED, 1, new byte[0]).content()).isEmpty();
  }
}
