package dev.tarn.server.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.core.digest.Digest;
import dev.tarn.server.mirror.HeaderFields.Field;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderFieldsTest {

  @Test
  void areWrittenALineEach() {
    HeaderFields fields = HeaderFields.of(new Field("A", "1")).plus(new Field("B", "two; x=\"y\""));

    assertThat(written(fields)).isEqualTo("A: 1\r\nB: two; x=\"y\"\r\n");
  }

  @Test
  void aLinkIsKeptApartBecauseItHasToBeRewritten() {
    HeaderFields fields =
        HeaderFields.of(new Field("A", "1"))
            .withLink("</v2/x>; rel=\"next\"")
            .plus(new Field("B", "2"));

    assertThat(fields.link()).isEqualTo("</v2/x>; rel=\"next\"");
    assertThat(written(fields)).isEqualTo("A: 1\r\nB: 2\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x\r\nSet-Cookie: a=b", "x\ny", "x\0y", "\r"})
  void aValueThatWouldEndEarlyIsRefused(String value) {
    assertThatThrownBy(() -> new Field("A", value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("not a value of a header: A");
  }

  @Test
  void aManifestMakesThemOnceForItsTypeAndAnewForAnother() {
    byte[] bytes = "{}".getBytes(StandardCharsets.UTF_8);
    HotManifest manifest = new HotManifest(Digest.sha256(bytes), Content.of(bytes));

    HeaderFields first = manifest.headers("a/b");

    assertThat(manifest.headers("a/b")).isSameAs(first);
    assertThat(written(first)).startsWith("Content-Type: a/b\r\n");
    assertThat(written(manifest.headers("c/d"))).startsWith("Content-Type: c/d\r\n");
  }

  private static String written(HeaderFields fields) {
    ByteBuf buffer = Unpooled.buffer();
    fields.writeTo(buffer);
    return buffer.toString(StandardCharsets.US_ASCII);
  }
}
