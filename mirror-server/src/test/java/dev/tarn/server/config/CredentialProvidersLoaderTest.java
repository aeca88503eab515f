package dev.tarn.server.config;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialProvidersLoaderTest {
  private static final String HEAD =
      "apiVersion: kubelet.config.k8s.io/v1\nkind: CredentialProviderConfig\n";
  private static final String PROVIDER =
      "name: ecr, matchImages: ['*.x'], defaultCacheDuration: 12h, "
          + "apiVersion: credentialprovider.kubelet.k8s.io/v1";

  private static String problems(String text) {
    InvalidConfigurationException refusal =
        catchThrowableOfType(
            InvalidConfigurationException.class, () -> CredentialProvidersLoader.parse(text));
    return requireNonNull(refusal.getMessage());
  }

  @Test
  void everyKeyMapsToItsOwnValue() {
    CredentialProviders providers =
        CredentialProvidersLoader.parse(
            """
            apiVersion: kubelet.config.k8s.io/v1
            kind: CredentialProviderConfig
            providers:
              - name: ecr-credential-provider
                matchImages:
                  - "*.dkr.ecr.*.amazonaws.com"
                  - "*.dkr.ecr.*.amazonaws.com.cn"
                defaultCacheDuration: "12h0m0s"
                apiVersion: credentialprovider.kubelet.k8s.io/v1
                args: [get-credentials, "010"]
                env:
                  - name: AWS_PROFILE
                    value: "example"
                  - name: EMPTY
                    value: ""
              - name: acr
                matchImages: ["*.azurecr.io"]
                defaultCacheDuration: 0s
                apiVersion: credentialprovider.kubelet.k8s.io/v1beta1
            """);

    assertThat(providers.providers())
        .containsExactly(
            new CredentialProvider(
                "ecr-credential-provider",
                List.of("*.dkr.ecr.*.amazonaws.com", "*.dkr.ecr.*.amazonaws.com.cn"),
                Duration.ofHours(12),
                "credentialprovider.kubelet.k8s.io/v1",
                List.of("get-credentials", "010"),
                Map.of("AWS_PROFILE", "example", "EMPTY", "")),
            new CredentialProvider(
                "acr",
                List.of("*.azurecr.io"),
                Duration.ZERO,
                "credentialprovider.kubelet.k8s.io/v1beta1",
                List.of(),
                Map.of()));
  }

  @Test
  void jsonWithTabsIsReadToo() {
    CredentialProviders providers =
        CredentialProvidersLoader.parse(
            "{\n\t\"apiVersion\": \"kubelet.config.k8s.io/v1\",\n\t\"kind\":"
                + " \"CredentialProviderConfig\",\n\t\"providers\": [\n\t\t{\"name\": \"ecr\","
                + " \"matchImages\": [\"*.x\"], \"defaultCacheDuration\": \"12h\","
                + " \"apiVersion\": \"credentialprovider.kubelet.k8s.io/v1\"}]\n}\n");
    assertThat(providers.providers()).extracting(CredentialProvider::name).containsExactly("ecr");
  }

  @Test
  void aPluginThatNeedsAPodsServiceAccountIsLeftOut() {
    String attributes =
        ", tokenAttributes: {serviceAccountTokenAudience: a, cacheType: Token,"
            + " requireServiceAccount: REQUIRED}";
    assertThat(
            CredentialProvidersLoader.parse(
                    HEAD
                        + "providers: [{"
                        + PROVIDER
                        + attributes.replace("REQUIRED", "true")
                        + "}]")
                .providers())
        .isEmpty();
    assertThat(
            CredentialProvidersLoader.parse(
                    HEAD
                        + "providers: [{"
                        + PROVIDER
                        + attributes.replace("REQUIRED", "false")
                        + "}]")
                .providers())
        .hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "kind: CredentialProviderConfig|apiVersion is missing",
        "{apiVersion: kubelet.config.k8s.io/v2, kind: CredentialProviderConfig}|apiVersion (line"
            + " 1): expected kubelet.config.k8s.io/v1",
        "{apiVersion: kubelet.config.k8s.io/v1, kind: Pod}|kind (line 1): expected"
            + " CredentialProviderConfig",
        "{apiVersion: kubelet.config.k8s.io/v1, kind: CredentialProviderConfig, provider: []}|"
            + "provider (line 1): unknown key; did you mean providers?",
      })
  void whatIsWrongIsNamedWithItsPath(String text, String expected) {
    assertThat(problems(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "name: ecr|name: a/b|providers[0].name (line 3): expected the name of an executable, without"
            + " slashes and spaces",
        "name: ecr|name: ..|providers[0].name (line 3): expected the name of an executable, without"
            + " slashes and spaces",
        "name: ecr, |``|providers[0] (line 3): name is missing",
        "['*.x']|[]|providers[0].matchImages: at least one is needed",
        "12h|-1s|providers[0].defaultCacheDuration (line 3): must not be negative",
        "12h|s3cr3t|providers[0].defaultCacheDuration (line 3): expected a duration such as"
            + " 12h0m0s",
        "k8s.io/v1|k8s.io/v9|providers[0].apiVersion (line 3): expected"
            + " credentialprovider.kubelet.k8s.io/v1",
        "name: ecr|name: ecr, args: s3cr3t|providers[0].args (line 3): expected a list",
        "name: ecr|name: ecr, args: [[s3cr3t]]|providers[0].args[0] (line 3): expected a text",
        "name: ecr|name: ecr, env: [s3cr3t]|providers[0].env[0] (line 3): expected keys with values",
      })
  void whatIsWrongOfAProviderIsNamedWithoutRepeatingIt(String from, String to, String expected) {
    assertThat(problems(HEAD + "providers: [{" + PROVIDER.replace(from, to) + "}]"))
        .startsWith(expected)
        .doesNotContain("s3cr3t");
  }

  @Test
  void twoOfOneNameAreRefused() {
    assertThat(problems(HEAD + "providers: [{" + PROVIDER + "}, {" + PROVIDER + "}]"))
        .isEqualTo("providers: ecr is there twice");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "s3cr3t", "[s3cr3t]", "a: [s3cr3t", "a: &x s3cr3t", "\"s3cr3t"})
  void whatIsNoSuchFileIsRefusedWithoutRepeatingIt(String text) {
    assertThat(problems(text)).isNotBlank().doesNotContain("s3cr3t");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "12h0m0s, 43200000",
    "1.5h, 5400000",
    "300ms, 300",
    "1h15m30.918s, 4530918",
    ".5s, 500",
    "-2s, -2000",
    "+2s, 2000",
    "1000000us, 1000",
    "2000000ns, 2"
  })
  void goWritesDurationsLikeThis(String text, long millis) {
    assertThat(GoDuration.parse(text)).contains(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "1d", "h", "1h ", "1 h", "1h-2m", "--1s", "1e3s", "9999999999h"})
  void theseAreNone(String text) {
    assertThat(GoDuration.parse(text)).isEmpty();
  }
}
