package dev.tarn.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PercentTest {
  @Test
  void whatIsEscapedIsDecodedOnce() {
    assertThat(Percent.decode("localhost%3A5000")).isEqualTo("localhost:5000");
    assertThat(Percent.decode("sha256%3aab%2Fc")).isEqualTo("sha256:ab/c");
    assertThat(Percent.decode("%2541")).isEqualTo("%41");
    assertThat(Percent.decode("a+b")).isEqualTo("a+b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%", "a%", "%4", "a%4", "%zz", "%4g", "%-1", "%+1", "%0a", "%0d", "%00", "%20", "%7f",
        "%ff", "%c3%a4", "ä", "a b", "a\tb", "a\u0000", "a\u007f"
      })
  void whatIsNotWellFormedOrNotPrintableIsRefused(String text) {
    assertThat(Percent.decode(text)).isNull();
  }

  @Test
  void whateverComesItNeverThrowsAndIsPrintable() {
    Random random = new Random(11);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      int length = random.nextInt(12);
      for (int j = 0; j < length; j++) {
        text.append(random.nextInt(3) == 0 ? '%' : (char) random.nextInt(0x180));
      }
      String decoded = Percent.decode(text.toString());
      assertThat(decoded == null || decoded.chars().allMatch(c -> c > 0x20 && c < 0x7f)).isTrue();
    }
  }
}
