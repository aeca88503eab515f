package dev.tarn.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.testing.MirrorFixture;
import dev.tarn.server.testing.MirrorOptions;
import dev.tarn.server.testing.RawClient.End;
import dev.tarn.server.testing.RawClient.Response;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.Sample;
import dev.tarn.server.testing.ScriptedRequest;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a registry and repository are named on the wire, and which never are. */
class AddressingTest {
  private static final Sample BLOB = Sample.blob(1, 5000);

  @TempDir Path directory;
  private MirrorFixture mirror;

  @BeforeEach
  void start() throws IOException {
    mirror = MirrorFixture.start(directory, MirrorOptions.patient());
    mirror.upstream.on(BLOB.path(), BLOB.reply());
  }

  @AfterEach
  void stop() {
    mirror.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v2/", "/v2", "/v2/?ns=example.com"})
  void thePingSaysThatThisIsARegistry(String uri) throws IOException {
    Response get = mirror.get(uri);
    Response head = mirror.head(uri);

    assertThat(get.status()).isEqualTo(200);
    assertThat(get.text()).isEqualTo("{}");
    assertThat(get.header("Docker-Distribution-API-Version")).isEqualTo("registry/2.0");
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.headers()).isEqualTo(get.headers());
    assertThat(mirror.upstream.requests()).isEmpty();
  }

  @Test
  void bothAddressingsLeadToTheSameBlob() throws IOException {
    Response byNamespace = mirror.get(BLOB.uri());
    Response byPrefix = mirror.get("/v2/example.com/library/app/blobs/" + BLOB.digest());

    assertThat(byNamespace.body()).isEqualTo(BLOB.bytes());
    assertThat(byPrefix.body()).isEqualTo(BLOB.bytes());
    assertThat(mirror.upstream.count("GET", BLOB.path())).isEqualTo(1);
    assertThat(mirror.upstream.requests()).extracting(ScriptedRequest::query).containsOnly("");
  }

  @ParameterizedTest
  @CsvSource({
    "/v2/alpine/, ?ns=docker.io",
    "/v2/library/alpine/, ?ns=docker.io",
    "/v2/library/alpine/, ?ns=registry-1.docker.io",
    "/v2/docker.io/alpine/, ''",
    "/v2/docker.io/library/alpine/, ''",
    "/v2/registry-1.docker.io/library/alpine/, ''",
  })
  void anOfficialImageOfDockerHubIsFoundByAllItsNames(String path, String query)
      throws IOException {
    mirror.upstream.on("/v2/library/alpine/blobs/" + BLOB.digest(), BLOB.reply());

    Response response = mirror.get(path + "blobs/" + BLOB.digest() + query);

    assertThat(response.status()).isEqualTo(200);
    assertThat(response.body()).isEqualTo(BLOB.bytes());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v2/library/app/blobs/DIGEST?ns=other.test",
        "/v2/library/app/blobs/DIGEST?ns=127.0.0.1:PORT",
        "/v2/127.0.0.1:PORT/library/app/blobs/DIGEST",
        "/v2/other.test/library/app/blobs/DIGEST",
        "/v2/library/app/blobs/DIGEST",
      })
  void aRegistryThatIsNotConfiguredIs404AndNeverDialled(String pattern) throws IOException {
    String uri =
        pattern
            .replace("DIGEST", BLOB.digest().toString())
            .replace("PORT", Integer.toString(mirror.upstream.port()));

    Response response = mirror.get(uri);

    assertThat(response.status()).isEqualTo(404);
    assertThat(response.header("Content-Type")).isEqualTo("application/json");
    assertThat(response.text()).contains("\"errors\"", "NAME_UNKNOWN");
    assertThat(mirror.upstream.connections()).isZero();
  }

  @Test
  void withANamespaceThePathIsNeverReadAsAPrefix() throws IOException {
    mirror.upstream.on("/v2/docker.io/library/app/blobs/" + BLOB.digest(), BLOB.reply());

    Response response =
        mirror.get("/v2/docker.io/library/app/blobs/" + BLOB.digest() + "?ns=example.com");

    assertThat(response.body()).isEqualTo(BLOB.bytes());
    assertThat(mirror.upstream.requests())
        .extracting(ScriptedRequest::path)
        .containsExactly("/v2/docker.io/library/app/blobs/" + BLOB.digest());
  }

  @Test
  void aNamespaceGivenTwiceIsNotGuessedAt() throws IOException {
    Response response = mirror.get(BLOB.uri() + "&ns=docker.io");

    assertThat(response.status()).isEqualTo(400);
    assertThat(response.end()).isEqualTo(End.WHOLE);
    assertThat(mirror.upstream.connections()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v2/../../etc/passwd?ns=example.com",
        "/v2/%2e%2e/%2e%2e/manifests/x?ns=example.com",
        "/v2/library/app/manifests/..%2f..%2fblobs?ns=example.com",
        "/v2/library/app/manifests/%2e%2e?ns=example.com",
        "/v2/library/app/blobs/sha256:../../../../etc/passwd?ns=example.com",
        "/v2/library/app/manifests/a%00b?ns=example.com",
        "/v2/library/app/manifests/a%0d%0aSet-Cookie:x?ns=example.com",
        "/v2/library/app/manifests/%?ns=example.com",
        "/v2/library/app/manifests/%25?ns=example.com",
        "/v2/library//app/manifests/x?ns=example.com",
        "/v2/library/app/manifests/x?ns=example.com%2f@other.test",
        "/etc/passwd",
        "/..",
      })
  void gamesWithPathsAreRefusedHere(String uri) throws IOException {
    Response response = mirror.get(uri);

    assertThat(response.status()).isBetween(400, 499);
    assertThat(response.headers()).doesNotContainKey("set-cookie");
    assertThat(mirror.upstream.connections()).isZero();
  }

  @Test
  void aLongDigestOfAnotherAlgorithmIsAnAddressToo() throws IOException {
    dev.tarn.core.digest.Digest sha512 =
        dev.tarn.core.digest.Digest.of(
            dev.tarn.core.digest.Algorithm.SHA512, java.nio.ByteBuffer.wrap(BLOB.bytes()));
    mirror.upstream.on(
        "/v2/library/app/blobs/" + sha512,
        Reply.blob(BLOB.bytes()).withoutHeader("Docker-Content-Digest"));

    String uri = "/v2/library/app/blobs/" + sha512 + "?ns=example.com";
    assertThat(mirror.get(uri).body()).isEqualTo(BLOB.bytes());
    assertThat(mirror.get(uri).header("Docker-Content-Digest")).isEqualTo(sha512.toString());
    assertThat(mirror.upstream.requests()).hasSize(1);
  }
}
