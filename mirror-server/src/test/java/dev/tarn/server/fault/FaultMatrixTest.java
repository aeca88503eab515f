package dev.tarn.server.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.digest.Digest;
import dev.tarn.server.testing.MirrorFixture;
import dev.tarn.server.testing.RawClient;
import dev.tarn.server.testing.RawClient.End;
import dev.tarn.server.testing.RawClient.Response;
import dev.tarn.server.testing.Reply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * For each fault of an upstream, each kind of content, and whether the fault passes: the client
 * gets right bytes, or an answer that containerd falls back from. Never a short 200, never a reset,
 * never a hang, never wrong bytes as whole; and once upstream is well again, so is the mirror.
 */
@Execution(ExecutionMode.CONCURRENT)
class FaultMatrixTest {
  private static final String MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";

  /** Statuses on which containerd goes on to the next host, without repeating itself first. */
  private static final Set<Integer> FALLS_BACK = Set.of(401, 403, 404, 500, 502, 503, 504);

  private static final int MAX_RESUMES = 6;
  private static final Duration AS_LONG_AS_IT_MAY_BE_LEFT_ALONE = Duration.ofMinutes(10);

  /** What is asked for. */
  enum Kind {
    MANIFEST(2_000),
    SMALL_BLOB(10_000),
    BIG_BLOB(5_000_000);

    final int size;

    Kind(int size) {
      this.size = size;
    }

    byte[] content() {
      byte[] bytes = new byte[size];
      new Random(size).nextBytes(bytes);
      if (this == MANIFEST) {
        Arrays.fill(bytes, (byte) ' ');
        byte[] json =
            ("{\"schemaVersion\":2,\"mediaType\":\"" + MANIFEST_TYPE + "\"")
                .getBytes(StandardCharsets.UTF_8);
        System.arraycopy(json, 0, bytes, 0, json.length);
        bytes[size - 1] = '}';
      }
      return bytes;
    }

    String path(Digest digest) {
      return "/v2/library/app/" + (this == MANIFEST ? "manifests/" : "blobs/") + digest;
    }

    Reply good(byte[] content) {
      return this == MANIFEST ? Reply.manifest(MANIFEST_TYPE, content) : Reply.blob(content);
    }
  }

  static Stream<Arguments> matrix() {
    return Arrays.stream(Fault.values())
        .flatMap(
            fault ->
                Arrays.stream(Kind.values())
                    .flatMap(
                        kind ->
                            Stream.of(true, false).map(once -> Arguments.of(fault, kind, once))));
  }

  @ParameterizedTest(name = "upstream {0}, {1}, once: {2}")
  @MethodSource("matrix")
  void aClientGetsRightBytesOrAnAnswerThatItFallsBackFrom(
      Fault fault, Kind kind, boolean once, @TempDir Path directory) throws Exception {
    byte[] content = kind.content();
    Digest digest = Digest.sha256(content);
    String path = kind.path(digest);
    String uri = path + "?ns=" + MirrorFixture.REGISTRY;
    Reply good = kind.good(content);
    Reply faulty = fault.apply(good, content.length, path);
    try (MirrorFixture mirror = MirrorFixture.start(directory)) {
      if (once) {
        mirror.upstream.on(path, faulty, good);
      } else {
        mirror.upstream.on(path, faulty);
      }

      check(pull(mirror, uri), content);
      check(pull(mirror, uri), content);

      mirror.upstream.on(path, good);
      mirror.now.updateAndGet(now -> now.plus(AS_LONG_AS_IT_MAY_BE_LEFT_ALONE));
      Response healed = eventually(mirror, "GET", uri);
      assertThat(Digest.sha256(healed.body())).isEqualTo(digest);

      Response head = eventually(mirror, "HEAD", uri);
      assertThat(head.header("Content-Length")).isEqualTo(Integer.toString(content.length));
      assertThat(head.header("Docker-Content-Digest")).isEqualTo(digest.toString());
    }
  }

  /** What a pull came to: bytes, and the last answer's status and end. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Pulled(byte[] bytes, int status, End end, boolean claimsWhole) {}

  /** Pulls as containerd does: a body that ends early is resumed here first. */
  private static Pulled pull(MirrorFixture mirror, String uri) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Response response = RawClient.get(mirror.address(), uri);
    for (int resumes = 0; ; resumes++) {
      boolean sent = response.status() == 200 || response.status() == 206;
      if (sent) {
        assertThat(response.end() == End.FIN && response.body().length == 0)
            .as("headers without a byte: containerd would resume for ever")
            .isFalse();
        int skip = response.status() == 200 ? Math.min(bytes.size(), response.body().length) : 0;
        bytes.write(response.body(), skip, response.body().length - skip);
      }
      if (!sent || response.end() != End.FIN || resumes == MAX_RESUMES) {
        return new Pulled(
            bytes.toByteArray(),
            response.status(),
            response.end(),
            sent && response.end() == End.WHOLE);
      }
      response = RawClient.get(mirror.address(), uri, "Range: bytes=" + bytes.size() + "-");
    }
  }

  private static void check(Pulled pulled, byte[] content) {
    assertThat(pulled.end()).as("never a reset, never no answer").isIn(End.WHOLE, End.FIN);
    if (pulled.claimsWhole()) {
      assertThat(Digest.sha256(pulled.bytes())).isEqualTo(Digest.sha256(content));
    } else if (pulled.end() == End.WHOLE) {
      assertThat(pulled.status()).isIn(FALLS_BACK);
    } else {
      // Cut again and again: allowed only while bytes were making progress; see MAX_RESUMES.
      assertThat(pulled.bytes().length).isLessThan(content.length + 1);
    }
  }

  /** The first whole answer once upstream is well: what began before may have to end first. */
  private static Response eventually(MirrorFixture mirror, String method, String uri) {
    return Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> RawClient.send(mirror.address(), method, uri),
            response -> response.status() == 200 && response.end() == End.WHOLE);
  }
}
