package dev.tarn.agent.taint;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaintTest {
  @Test
  void isReadAsItIsWritten() {
    assertThat(Taint.parse("tarn.dev/starting:NoSchedule")).contains(Taint.DEFAULT);
    assertThat(Taint.DEFAULT).hasToString("tarn.dev/starting:NoSchedule");
    assertThat(Taint.parse("starting:NoExecute")).contains(new Taint("starting", "NoExecute"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "tarn.dev/starting",
        "a:Never",
        ":NoSchedule",
        "a\"b:NoSchedule",
        "a/:NoSchedule"
      })
  void whatIsNoneIsRefused(String text) {
    assertThat(Taint.parse(text)).isEmpty();
  }
}
