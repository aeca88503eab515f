package dev.tarn.core.name;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.core.digest.Digest;
import java.nio.file.Path;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {

  /** The distribution specification's own expression. */
  private static final Pattern REPOSITORY =
      Pattern.compile("[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(\\/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*");

  private static final Pattern TAG = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}");

  private static String random(Random random, String alphabet, int maxLength) {
    StringBuilder text = new StringBuilder();
    for (int length = random.nextInt(maxLength + 1); length > 0; length--) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }

  @Test
  void repositoryNamesAreThoseOfTheSpecification() {
    Random random = new Random(6);
    int valid = 0;
    for (int i = 0; i < 200_000; i++) {
      String text = random(random, "aaz09._-/", 9);
      boolean expected = REPOSITORY.matcher(text).matches();
      assertThat(RepositoryName.parse(text).isPresent()).as(text).isEqualTo(expected);
      valid += expected ? 1 : 0;
    }
    assertThat(valid).isGreaterThan(10_000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "/", "a/", "/a", "a//b", "A", "a/B", "..", "a/..", "../a", "a/./b", ".a", "a.", "a..b",
        "a___b", "_a", "a_", "-a", "a-", "a b", "a@b", "a:b", "a\0b", "a\nb", "é", "a\\b", "@tags"
      })
  void whatIsNoRepositoryNameIsNotParsed(String text) {
    assertThat(RepositoryName.parse(text)).isEmpty();
    assertThatThrownBy(() -> new RepositoryName(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aRepositoryNameHasALengthLimit() {
    assertThat(RepositoryName.parse("a".repeat(255))).isPresent();
    assertThat(RepositoryName.parse("a".repeat(256))).isEmpty();
  }

  @Test
  void aRepositoryNameNeverLeavesItsDirectory() {
    Random random = new Random(7);
    Path root = Path.of("/store/docker.io");
    for (int i = 0; i < 50_000; i++) {
      RepositoryName.parse(random(random, "a.._-/", 8))
          .ifPresent(
              name ->
                  assertThat(root.resolve(name.value()).normalize())
                      .isEqualTo(root.resolve(name.value()))
                      .startsWithRaw(root));
    }
  }

  @Test
  void officialImagesLiveInTheLibrary() {
    assertThat(new RepositoryName("alpine").inLibrary())
        .contains(new RepositoryName("library/alpine"));
    assertThat(new RepositoryName("a/b").inLibrary()).contains(new RepositoryName("a/b"));
  }

  @Test
  void aNameThatIsTooLongForTheLibraryIsNotInIt() {
    assertThat(new RepositoryName("a".repeat(247)).inLibrary()).isPresent();
    assertThat(new RepositoryName("a".repeat(248)).inLibrary()).isEmpty();
  }

  @Test
  void tagsAreThoseOfTheSpecification() {
    Random random = new Random(8);
    for (int i = 0; i < 50_000; i++) {
      String text = random(random, "aZ0._-/:@ ", 5);
      assertThat(Tag.parse(text).isPresent()).as(text).isEqualTo(TAG.matcher(text).matches());
    }
    assertThat(Tag.parse("a".repeat(128))).isPresent();
    assertThat(Tag.parse("a".repeat(129))).isEmpty();
    assertThat(Tag.parse("..")).isEmpty();
    assertThatThrownBy(() -> new Tag("a/b")).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "docker.io, docker.io",
    "Docker.IO, docker.io",
    "index.docker.io, docker.io",
    "registry-1.docker.io, docker.io",
    "ghcr.io, ghcr.io",
    "GHCR.io:443, ghcr.io:443",
    "localhost, localhost",
    "localhost:5000, localhost:5000",
    "10.0.0.1:1, 10.0.0.1:1",
    "a-b.c:65535, a-b.c:65535",
    "[::1], [::1]",
    "[fe80::1]:5000, [fe80::1]:5000",
    "[::], [::]",
    "[1:2:3:4:5:6:7:8]:5000, [1:2:3:4:5:6:7:8]:5000",
    "[1:2:3:4:5:6:7::], [1:2:3:4:5:6:7::]",
    "[::2:3:4:5:6:7:FFFF], [::2:3:4:5:6:7:ffff]",
  })
  void aRegistryIsCanonical(String text, String canonical) {
    assertThat(RegistryHost.parse(text)).hasValue(new RegistryHost(canonical));
    assertThat(RegistryHost.parse(text).orElseThrow()).hasToString(canonical);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "a.",
        ".a",
        "a..b",
        "-a",
        "a-",
        "a:",
        "a:0",
        "a:65536",
        "a:123456",
        "a:b",
        "a:-1",
        "a/b",
        "a b",
        "user@host",
        "http://a",
        "[::1",
        "[::g]",
        "[]",
        "[8:1]:5000",
        "[1:2:3:4:5:6:7]",
        "[1:2:3:4:5:6:7:8:9]",
        "[1:2:3:4:5:6:7:8::]",
        "[1::2::3]",
        "[:::]",
        "[1:]",
        "[:1]",
        "[12345::]",
        "::1",
        "é.io",
        "@tmp",
        "a\nb"
      })
  void whatIsNoRegistryIsNotParsed(String text) {
    assertThat(RegistryHost.parse(text)).isEmpty();
  }

  @Test
  void aRegistryHasLengthLimits() {
    String label = "a".repeat(63);
    assertThat(RegistryHost.parse(label)).isPresent();
    assertThat(RegistryHost.parse(label + "a")).isEmpty();
    assertThat(RegistryHost.parse((label + ".").repeat(3) + label)).isPresent();
    assertThat(RegistryHost.parse((label + ".").repeat(4) + "a")).isEmpty();
  }

  @Test
  void whatIsSaidOfABadRegistryIsPrintable() {
    assertThatThrownBy(() -> new RegistryHost("evil\r\nheader: x" + "y".repeat(300)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching("[\\x20-\\x7e…]{1,100}");
  }

  @Test
  void aReferenceIsADigestWhereItHasAColonElseATag() {
    Digest digest = Digest.sha256("x");
    assertThat(Reference.parse(digest.toString())).hasValue(new Reference.ByDigest(digest));
    assertThat(Reference.parse("v1")).hasValue(new Tag("v1"));
    assertThat(Reference.parse("sha256:12")).isEmpty();
    assertThat(Reference.parse("a b")).isEmpty();
    assertThat(new Reference.ByDigest(digest)).hasToString(digest.toString());
    assertThat(new Tag("v1")).hasToString("v1");
  }

  @Test
  void namesHaveAnOrder() {
    assertThat(new RegistryHost("a.io")).isLessThan(new RegistryHost("b.io"));
    assertThat(new RepositoryName("a")).isLessThan(new RepositoryName("b")).hasToString("a");
  }
}
