package dev.tarn.server.peer.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.core.name.Tag;
import dev.tarn.core.tag.TagName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is said about tags, as it was recorded; what is in a file under {@code v1} never changes.
 */
class TagMessagesTest {
  private static final Digest DIGEST =
      Digest.parse("sha256:" + "0123456789abcdef".repeat(4)).orElseThrow();
  private static final TagName TAG =
      new TagName(
          RegistryHost.parse("example.com").orElseThrow(),
          RepositoryName.parse("library/app").orElseThrow(),
          new Tag("1.0"));

  @Test
  void whatWasRecordedMeansWhatItMeantAndIsWrittenSo() throws Exception {
    TagQuestion told = new TagQuestion.Told(TAG, DIGEST);
    TagQuestion asked = new TagQuestion.Asked(TAG);
    assertThat(TagMessages.read(recorded("told"))).contains(told);
    assertThat(TagMessages.read(recorded("asked"))).contains(asked);
    assertThat(TagMessages.readAnswer(recorded("known"))).contains(DIGEST);
    assertThat(TagMessages.readAnswer(recorded("unknown"))).isEmpty();

    assertThat(TagMessages.write(told)).isEqualTo(recorded("told"));
    assertThat(TagMessages.write(asked)).isEqualTo(recorded("asked"));
    assertThat(TagMessages.writeAnswer(Optional.of(DIGEST))).isEqualTo(recorded("known"));
    assertThat(TagMessages.writeAnswer(Optional.empty())).isEqualTo(recorded("unknown"));
  }

  @Test
  void whatIsOfALaterVersionIsNoQuestion() throws Exception {
    assertThat(
            TagMessages.read(
                text(
                    new String(recorded("asked"), StandardCharsets.UTF_8)
                        .replace("asked", "sung"))))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "[]",
        "{'kind':'asked','registry':'example.com','repository':'library/app','tag':'-'}",
        "{'kind':'asked','registry':'example.com','repository':'../x','tag':'1'}",
        "{'kind':'asked','registry':'-','repository':'library/app','tag':'1'}",
        "{'kind':'told','registry':'example.com','repository':'library/app','tag':'1'}",
      })
  void whatNamesNoTagIsMalformed(String message) {
    assertThatThrownBy(() -> TagMessages.read(text(message)))
        .isInstanceOf(MalformedMessageException.class);
  }

  @Test
  void whatIsTooLongIsNotRead() {
    byte[] message = text("{'more':'" + "x".repeat(20_000) + "'}");
    assertThatThrownBy(() -> TagMessages.read(message))
        .isInstanceOf(MalformedMessageException.class);
    assertThatThrownBy(() -> TagMessages.readAnswer(message))
        .isInstanceOf(MalformedMessageException.class);
  }

  private static byte[] text(String message) {
    return message.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] recorded(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            TagMessagesTest.class.getResourceAsStream("v1/tag-" + name + ".json"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .strip()
          .getBytes(StandardCharsets.UTF_8);
    }
  }
}
