package dev.tarn.server.credentials;

import static dev.tarn.server.credentials.ImagePatternTest.image;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tarn.server.files.UnusableException;
import dev.tarn.server.upstream.Credential;
import dev.tarn.server.upstream.Credential.IdentityToken;
import dev.tarn.server.upstream.Credential.Password;
import dev.tarn.server.upstream.Credential.RegistryToken;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DockerConfigTest {
  private static Optional<Credential> find(String entry) throws UnusableException {
    return parse("{\"auths\": {\"quay.io\": " + entry + "}}").find(image("quay.io/app"));
  }

  private static Keyring parse(String json) throws UnusableException {
    return DockerConfig.parse(json.getBytes(StandardCharsets.UTF_8));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aUserAndAPasswordStandForThemselvesOrInBase64() throws UnusableException {
    Credential expected = new Password("robot$a", "pa:ss ü");

    assertThat(find("{\"username\": \"robot$a\", \"password\": \"pa:ss ü\", \"email\": \"a@b\"}"))
        .contains(expected);
    assertThat(find("{\"auth\": \"" + base64("robot$a:pa:ss ü") + "\"}")).contains(expected);
    assertThat(find("{\"auth\": \"" + base64("robot$a:pa:ss ü\0\0") + "\"}")).contains(expected);
    assertThat(find("{\"auth\": \"" + base64("robot$a:pa:ss ü").replace("=", "") + "\"}"))
        .contains(expected);
    assertThat(
            find(
                "{\"username\": \"x\", \"password\": \"y\", \"auth\": \""
                    + base64("robot$a:pa:ss ü")
                    + "\"}"))
        .as("auth goes before")
        .contains(expected);
  }

  @Test
  void tokensGoBeforePasswords() throws UnusableException {
    assertThat(find("{\"auth\": \"" + base64("0000:") + "\", \"identitytoken\": \"i\"}"))
        .contains(new IdentityToken("i"));
    assertThat(find("{\"identitytoken\": \"i\", \"registrytoken\": \"r\"}"))
        .contains(new RegistryToken("r"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"username\": \"\", \"password\": \"\"}", "{\"auth\": null}"})
  void anEntryWithoutAnythingIsPassedOver(String entry) throws UnusableException {
    assertThat(find(entry)).isEmpty();
  }

  @Test
  void whatOtherProgramsPutBesideItIsPassedOver() throws UnusableException {
    Keyring keyring =
        parse(
            """
            {"credsStore": "desktop", "HttpHeaders": {"a": ["b", {"c": 1}]},
             "auths": {"": {"username": "a", "password": "b"},
                       "user:secret@host": {"username": "a", "password": "b"},
                       "quay.io/team": {"username": "a", "password": "b", "x": {"y": [1]}}},
             "credHelpers": {"quay.io": "x"}}
            """);
    assertThat(keyring.find(image("quay.io/team/app"))).contains(new Password("a", "b"));
    assertThat(keyring.size()).isEqualTo(1);
    assertThat(parse("{\"auths\": {}}").size()).isZero();
    assertThat(parse("{\"auths\": null}").size()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "s3cr3t",
        "[\"s3cr3t\"]",
        "{}",
        "{\"auths\": \"s3cr3t\"}",
        "{\"auths\": {\"quay.io\": \"s3cr3t\"}}",
        "{\"auths\": {\"quay.io\": {\"password\": [\"s3cr3t\"]}}}",
        "{\"auths\": {\"quay.io\": {\"auth\": \"s3cr3t!!\"}}}",
        "{\"auths\": {\"quay.io\": {\"auth\": \"czNjcjN0\"}}}",
        "{\"auths\": {\"quay.io\": {\"password\": \"s3cr3t",
        "{\"auths\": {\"quay.io\": {\"password\": s3cr3t}}}",
        "{\"auths\": {\"quay.io\": {\"registrytoken\": \"s3cr3t\\r\\nX: y\"}}}",
        "{\"auths\": {\"quay.io\": {\"username\": \"s3cr3t:x\", \"password\": \"y\"}}}",
        "{\"auths\": {\"s3cr3t\": {}, \"s3cr3t\": {}}}",
        "{\"auths\": {}, \"auths\": {}}",
        "{\"auths\": {}} s3cr3t",
        "{\"auths\": {}} {\"auths\": {}}",
      })
  void aBrokenFileIsRefusedWithoutRepeatingWhatStandsInIt(String json) {
    UnusableException problem = catchThrowableOfType(UnusableException.class, () -> parse(json));

    assertThat(problem.why()).isNotBlank().doesNotContain("s3cr3t", "czNjcjN0");
    assertThat(problem).hasNoCause();
  }

  @Test
  void depthIsBounded() {
    String deep = "{\"auths\": {}, \"x\": " + "[".repeat(100_000) + "]".repeat(100_000) + "}";
    assertThat(catchThrowableOfType(UnusableException.class, () -> parse(deep)).why())
        .startsWith("not JSON");
  }
}
