package dev.tarn.core.name;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {

  @ParameterizedTest
  @CsvSource({
    "v*.*.*, v1.27.3, true",
    "v*.*.*, v1.27.3-rc.1, true",
    "v*.*.*, v.., true",
    "v*.*.*, v1.27, false",
    "v*.*.*, 1.27.3, false",
    "v*.*.*, V1.27.3, false",
    "1.2, 1.2, true",
    "1.2, 1x2, false",
    "1.2, 1.2.3, false",
    "1.2, '', false",
    "*, '', true",
    "*, latest, true",
    "**, latest, true",
    "'', '', true",
    "'', a, false",
    "*-alpine, 3-alpine, true",
    "*-alpine, 3-alpine-slim, false",
    "*-alpine, 3-alpine-alpine, true",
    "a*b*c, abcbc, true",
    "a*b*c, abcb, false",
    "a*a, a, false",
    "sha-*, sha-, true",
    "library/*, library/nginx, true",
    "library/*, library/, true",
    "library/*, library/a/b, false",
    "library/**, library/a/b, true",
    "library/**, library, false",
    "**/app, a/b/app, true",
    "**/app, app, false",
    "**/*-dev, a/b/c-dev, true",
    "**/*-dev, a-dev/b, false",
    "*/**/x*, a/b/c/xy, true",
    "*/**/x*, a/xy, false",
    "***, a/b, true",
  })
  void aStarStandsForAnyCharactersOfAComponentAndTwoForAny(
      String pattern, String text, boolean expected) {
    assertThat(new Glob(pattern).matches(text)).isEqualTo(expected);
  }

  @Test
  void itAgreesWithARegularExpression() {
    Random random = new Random(20_261_123);
    for (int i = 0; i < 50_000; i++) {
      String pattern = word(random, "ab./**", 9);
      String text = word(random, "ab./", 10);
      Pattern regex =
          Pattern.compile(
              Pattern.compile("\\*+")
                  .matcher(pattern.replace(".", "\\."))
                  .replaceAll(stars -> stars.group().length() == 1 ? "[^/]*" : ".*"));
      assertThat(new Glob(pattern).matches(text))
          .as("%s %s", pattern, text)
          .isEqualTo(regex.matcher(text).matches());
    }
  }

  @Test
  void noPatternMakesItHang() {
    String text = "a/".repeat(60) + "a".repeat(128);
    for (String star : List.of("*a", "**a", "**a*a", "**/*a*")) {
      Glob glob = new Glob(star.repeat(60) + "b");
      assertTimeoutPreemptively(
          Duration.ofSeconds(10), () -> assertThat(glob.matches(text)).isFalse());
    }
  }

  private static String word(Random random, String letters, int maxLength) {
    StringBuilder word = new StringBuilder();
    for (int i = random.nextInt(maxLength + 1); i > 0; i--) {
      word.append(letters.charAt(random.nextInt(letters.length())));
    }
    return word.toString();
  }
}
