package dev.tarn.server.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.digest.Digest;
import dev.tarn.server.testing.MirrorFixture;
import dev.tarn.server.testing.MirrorOptions;
import dev.tarn.server.testing.RawClient.Response;
import dev.tarn.server.testing.Sample;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A manifest is bytes with a digest: none is read as JSON on its way, so none is too deep, too odd
 * or too ambiguous for the mirror, and which of two values counts stays the client's affair.
 */
class ManifestBytesTest {
  private static final int JUST_ALLOWED = ManifestFetcher.MAX_MANIFEST_BYTES;
  private static final Map<String, String> ODD =
      Map.of(
          "deep", "[".repeat(500_000) + "]".repeat(500_000),
          "deep objects", "{\"a\":".repeat(200_000) + "1" + "}".repeat(200_000),
          "twice", "{\"config\":{\"digest\":\"a\"},\"config\":{\"digest\":\"b\"}}",
          "cut", "{\"layers\":[{\"digest\":\"sha256:",
          "no JSON", "<html>\u0000\u00ff</html>",
          "a mark first", "\u00ef\u00bb\u00bf{}",
          "a path", "{\"layers\":[{\"digest\":\"sha256:../../../etc/passwd\",\"size\":-1}]}",
          "a big number", "{\"size\":" + "9".repeat(100_000) + "}",
          "as large as can be", "{\"a\":\"" + "x".repeat(JUST_ALLOWED - 8) + "\"}");

  @TempDir Path directory;
  private MirrorFixture mirror;

  @BeforeEach
  void start() throws IOException {
    mirror = MirrorFixture.start(directory, MirrorOptions.patient());
  }

  @AfterEach
  void stop() {
    mirror.close();
  }

  @Test
  void aManifestComesAsItIsWhateverItHolds() throws IOException {
    for (Map.Entry<String, String> odd : ODD.entrySet()) {
      byte[] bytes = odd.getValue().getBytes(StandardCharsets.ISO_8859_1);
      Sample manifest = new Sample(bytes, Digest.sha256(bytes), "manifests/");
      mirror.upstream.on(manifest.path(), manifest.reply());
      mirror.upstream.on(Sample.tagPath("odd"), manifest.reply());

      for (String uri : new String[] {manifest.uri(), Sample.tagUri("odd"), manifest.uri()}) {
        Response response = mirror.get(uri);
        assertThat(response.status()).as(odd.getKey()).isEqualTo(200);
        assertThat(response.body()).as(odd.getKey()).isEqualTo(bytes);
        assertThat(response.header("Content-Type")).isEqualTo(Sample.MANIFEST_TYPE);
      }
    }
  }
}
