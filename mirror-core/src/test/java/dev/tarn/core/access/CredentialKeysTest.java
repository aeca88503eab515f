package dev.tarn.core.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialKeysTest {
  private static final String BASIC = "Basic YWxpY2U6d29uZGVybGFuZA==";
  private static final String ORIGIN = "registry.test:443";

  @TempDir private Path directory;
  private CredentialKeys keys;
  private Path file;

  @BeforeEach
  void open() throws IOException {
    file = directory.resolve("key");
    keys = CredentialKeys.open(file, new SecureRandom());
  }

  private static String jwt(String claims) {
    Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
    return "Bearer "
        + encoder.encodeToString("{\"alg\":\"ES256\"}".getBytes(StandardCharsets.UTF_8))
        + "."
        + encoder.encodeToString(claims.getBytes(StandardCharsets.UTF_8))
        + ".c2lnbmF0dXJl";
  }

  @Test
  void aCredentialHasTheSameKeyAfterARestart() throws IOException {
    CredentialKeys again = CredentialKeys.open(file, new SecureRandom());

    assertThat(again.of(ORIGIN, BASIC)).isEqualTo(keys.of(ORIGIN, BASIC));
  }

  @Test
  void anotherNodeAnotherOriginAndAnotherCredentialHaveOtherKeys() throws IOException {
    CredentialKeys elsewhere = CredentialKeys.open(directory.resolve("other"), new SecureRandom());
    String key = keys.of(ORIGIN, BASIC).key();

    assertThat(elsewhere.of(ORIGIN, BASIC).key()).isNotEqualTo(key);
    assertThat(keys.of("mirror.test:443", BASIC).key()).isNotEqualTo(key);
    assertThat(keys.of(ORIGIN, BASIC + "=").key()).isNotEqualTo(key);
    assertThat(keys.of(ORIGIN + "B", BASIC.substring(1)).key()).isNotEqualTo(key);
    assertThat(key).matches("[0-9a-f]{32}");
  }

  @Test
  void theSecretIsForThisUserAlone() throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(Files.size(file)).isEqualTo(32);
  }

  @Test
  void aSecretThatIsNotWholeIsReplaced() throws IOException {
    Files.write(file, new byte[7]);

    CredentialKeys again = CredentialKeys.open(file, new SecureRandom());

    assertThat(Files.size(file)).isEqualTo(32);
    assertThat(again.of(ORIGIN, BASIC).key()).isNotEqualTo(keys.of(ORIGIN, BASIC).key());
  }

  @Test
  void aTokenThatSaysSoEnds() {
    Credential token = keys.of(ORIGIN, jwt("{\"iss\":\"x\",\"exp\": 1790000000,\"nbf\":1}"));

    assertThat(token.kind()).isEqualTo(Credential.Kind.TOKEN);
    assertThat(token.expires()).isEqualTo(Instant.ofEpochSecond(1_790_000_000));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer opaque",
        "Bearer a.b.c",
        "Bearer .!!!.",
        "Bearer",
        "",
        "Bearer e30.e30.e30",
        "Digest username=\"x\"",
        "Bearer x.eyJleHAiOiJuZXZlciJ9.y",
        "Bearer x.eyJleHAiOjk5OTk5OTk5OTk5OTk5OTk5OTk5fQ.y"
      })
  void anyOtherIsATokenThatSaysNothing(String authorization) {
    Credential credential = keys.of(ORIGIN, authorization);

    assertThat(credential.kind()).isEqualTo(Credential.Kind.TOKEN);
    assertThat(credential.expires()).isNull();
  }

  @Test
  void basicIsToldInWhateverCase() {
    assertThat(keys.of(ORIGIN, "bAsIc eDp5").kind()).isEqualTo(Credential.Kind.BASIC);
    assertThat(keys.of(ORIGIN, BASIC).expires()).isNull();
  }

  @Test
  void nothingOfTheCredentialIsInWhatIsPrinted() {
    assertThat(keys.of(ORIGIN, BASIC).toString()).doesNotContain("YWxp").doesNotContain("alice");
  }

  @Test
  void aNameAndAPasswordHaveOneKeyHoweverTheyAreShown() {
    assertThat(keys.ofSecret(ORIGIN, "alice", "wonderland")).isEqualTo(keys.of(ORIGIN, BASIC));
    assertThat(keys.ofSecret(ORIGIN, "", "wonderland")).isNotEqualTo(keys.of(ORIGIN, BASIC));
    assertThat(keys.ofSecret(ORIGIN, "", "a-refresh-token").kind())
        .isEqualTo(Credential.Kind.BASIC);
  }

  @Test
  void onlyThisNodeSignsWhatThisNodeBelieves() throws IOException {
    CredentialKeys elsewhere = CredentialKeys.open(directory.resolve("other"), new SecureRandom());
    String signature = keys.sign("text");

    assertThat(keys.isSigned("text", signature)).isTrue();
    assertThat(keys.isSigned("texts", signature)).isFalse();
    assertThat(keys.isSigned("text", signature + "0")).isFalse();
    assertThat(keys.isSigned("text", "")).isFalse();
    assertThat(keys.isSigned("text", elsewhere.sign("text"))).isFalse();
    assertThat(keys.of("text", "text").key()).isNotEqualTo(signature);
  }
}
