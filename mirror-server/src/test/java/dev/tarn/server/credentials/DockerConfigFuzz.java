package dev.tarn.server.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.tarn.server.files.UnusableException;
import dev.tarn.server.upstream.Credential;
import java.util.regex.Pattern;

/**
 * Whatever a docker config holds: it is refused in words that repeat nothing of it, or its
 * credentials are fit to be sent.
 */
class DockerConfigFuzz {
  /** All that can be said of a file that makes no sense. */
  private static final Pattern PROBLEM =
      Pattern.compile(
          "auths is missing"
              + "|auths is not an object"
              + "|(?:entry [0-9]{1,7} of auths: )?"
              + "(?:username|password|auth|identitytoken|registrytoken) is not a text"
              + "|entry [0-9]{1,7} of auths(?: is not an object"
              + "|: registrytoken is no token|: auth is not base64"
              + "|: auth is not a user and a password|: a user name cannot contain a colon)"
              + "|not a JSON object"
              + "|something follows the JSON object"
              + "|not JSON: [A-Za-z]{1,40}"
              + "|not JSON, nested too deep, or a key twice"
              + "(?:, at line -?[0-9]{1,9}, column -?[0-9]{1,9})?");

  /** As long as a label of a host can be, and of one letter, which makes globs try everything. */
  private static final String LONG = "a".repeat(63);

  @FuzzTest
  void dockerConfig(byte[] input) {
    Keyring keyring;
    try {
      keyring = DockerConfig.parse(input);
    } catch (UnusableException e) {
      assertThat(e.why()).matches(PROBLEM);
      assertThat(e).hasNoCause();
      return;
    }
    assertThat(keyring).hasToString(keyring.size() + " credentials");
    find(keyring, "docker.io", "library/nginx");
    find(keyring, "quay.io", "team/app");
    find(keyring, "registry.example.com:8443", "a/b/c");
    find(keyring, "[fd00::1]:5000", "app");
    find(keyring, LONG + "." + LONG, LONG);
  }

  private static void find(Keyring keyring, String registry, String repository) {
    ImageName image = new ImageName(registry, repository);
    keyring
        .find(image)
        .ifPresent(
            credential -> {
              assertThat(keyring.size()).isPositive();
              check(credential);
              assertThat(keyring.find(image)).contains(credential);
            });
  }

  private static void check(Credential credential) {
    switch (credential) {
      case Credential.Password password -> {
        assertThat(password.user()).doesNotContain(":");
        assertThat(password.user() + password.password()).isNotEmpty();
        assertThat(password).hasToString("a password");
      }
      case Credential.IdentityToken token -> {
        assertThat(token.token()).isNotEmpty();
        assertThat(token).hasToString("an identity token");
      }
      case Credential.RegistryToken token -> {
        assertThat(token.token()).matches("[!-~]+");
        assertThat(token).hasToString("a registry token");
      }
    }
  }
}
