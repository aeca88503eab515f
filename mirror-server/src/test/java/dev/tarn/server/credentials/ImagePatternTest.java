package dev.tarn.server.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.upstream.Credential.Password;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which image a key is for: what a kubelet would find. */
class ImagePatternTest {
  static ImageName image(String text) {
    int slash = text.indexOf('/');
    return new ImageName(text.substring(0, slash), text.substring(slash + 1));
  }

  private static boolean matches(String pattern, String image) {
    return ImagePattern.parse(pattern).orElseThrow().matches(image(image));
  }

  @ParameterizedTest
  @CsvSource({
    "quay.io, quay.io/team/app",
    "https://quay.io, quay.io/team/app",
    "http://quay.io/, quay.io/team/app",
    "https://quay.io/v1/, quay.io/team/app",
    "https://quay.io/v2/, quay.io/team/app",
    "https://quay.io/v2, quay.io/team/app",
    "https://quay.io/v2/team, quay.io/team/app",
    "quay.io/team, quay.io/team/app",
    "quay.io/team/, quay.io/team/app",
    "quay.io/team/app, quay.io/team/app",
    "quay.io/te, quay.io/team/app",
    "QUAY.io, quay.io/team/app",
    "*.azurecr.io, tenant.azurecr.io/app",
    "*.dkr.ecr.*.amazonaws.com, 1.dkr.ecr.eu-west-1.amazonaws.com/app",
    "app*.k8s.io, app1.k8s.io/x",
    "*, registry/app",
    "*:5000, registry:5000/app",
    "registry:5000, registry:5000/app",
    "[fd00::1]:5000, [fd00::1]:5000/app",
    "docker.io, docker.io/library/alpine",
    "https://index.docker.io/v1/, docker.io/library/alpine",
    "https://index.docker.io/v2/, docker.io/library/alpine",
    "index.docker.io, docker.io/library/alpine",
    "registry-1.docker.io, docker.io/library/alpine",
    "docker.io/library, docker.io/library/alpine",
  })
  void isForTheImage(String pattern, String image) {
    assertThat(matches(pattern, image)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "quay.io, evil.quay.io/app",
    "quay.io, quay.io.evil/app",
    "quay.io, quay.io:5000/app",
    "quay.io:5000, quay.io/app",
    "quay.io/team, quay.io/other/team",
    "quay.io/team/app, quay.io/team",
    "quay.io/TEAM, quay.io/team/app",
    "*.io, a.b.io/app",
    "*.azurecr.io, azurecr.io/app",
    "*, a.b/app",
    "a.c, abc/app",
    "a.c, abc.c/app",
    "docker.io, index.docker.io.evil/app",
    "*.docker.io, docker.io/library/alpine",
  })
  void isNotForTheImage(String pattern, String image) {
    assertThat(matches(pattern, image)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "/",
        "https://",
        "https:///team",
        "user:secret@quay.io",
        "quay.io?x",
        "quay.io#x",
        "[a-z].io",
        "a b",
        "ftp://quay.io",
        "quay.io:99999999",
        "quay.io:"
      })
  void whatNamesNoRegistryIsNoPattern(String text) {
    assertThat(ImagePattern.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "quay.io/team/app, quay.io/team/app",
    "quay.io/team/other, quay.io/team",
    "quay.io/else, quay.io",
    "x.io/team/app, *.io",
    "docker.io/mine/app, docker.io/mine",
    "docker.io/library/alpine, docker.io",
    "index.example/app, index.example",
  })
  void theOneThatFitsBestCounts(String image, String expected) {
    Keyring keyring =
        keyring(
            "*.io",
            "quay.io",
            "index.docker.io",
            "quay.io/team/app",
            "*.example",
            "docker.io",
            "index.example",
            "quay.io/team",
            "docker.io/mine");

    assertThat(keyring.find(image(image))).contains(new Password(expected, "p"));
  }

  @Test
  void dockerHubsOtherNamesCountWhereItsOwnIsNotThere() {
    assertThat(keyring("index.docker.io", "quay.io").find(image("docker.io/library/alpine")))
        .contains(new Password("index.docker.io", "p"));
    assertThat(
            keyring("registry-1.docker.io/library", "docker.io")
                .find(image("docker.io/library/alpine")))
        .contains(new Password("docker.io", "p"));
  }

  @Test
  void ofTwoForTheSameTheEarlierCounts() {
    Keyring union = Keyring.union(List.of(keyring("https://quay.io"), keyring("quay.io")));
    assertThat(union.find(image("quay.io/app"))).contains(new Password("https://quay.io", "p"));
  }

  private static Keyring keyring(String... patterns) {
    return Keyring.of(
        Arrays.stream(patterns)
            .map(
                pattern ->
                    new Keyring.Key(
                        ImagePattern.parse(pattern).orElseThrow(), new Password(pattern, "p")))
            .toList());
  }
}
