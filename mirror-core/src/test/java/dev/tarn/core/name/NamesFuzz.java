package dev.tarn.core.name;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.tarn.core.digest.Digest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** Whatever is given as a name: what comes of it is canonical, prints itself, and is no path. */
class NamesFuzz {
  private static final Path ROOT = Path.of("/root");

  @FuzzTest
  void names(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    RepositoryName.parse(text).ifPresent(name -> check(text, name));
    RegistryHost.parse(text).ifPresent(host -> check(text, host));
    Digest.parse(text).ifPresent(digest -> check(text, digest));
    Tag.parse(text).ifPresent(tag -> check(text, tag));
    Optional<Reference> reference = Reference.parse(text);
    assertThat(reference)
        .isEqualTo(
            text.contains(":") ? Digest.parse(text).map(Reference.ByDigest::new) : Tag.parse(text));
    reference.ifPresent(found -> assertThat(found).hasToString(text));
    ImageReference.parse(text).ifPresent(NamesFuzz::check);
  }

  private static void check(ImageReference image) {
    assertThat(ImageReference.parse(image.toString())).contains(image);
    if (image.registry().equals(RegistryHost.DOCKER_HUB)) {
      assertThat(image.repository().value()).contains("/");
    }
  }

  private static void check(String text, RepositoryName name) {
    assertThat(name).hasToString(text);
    assertThat(name.value()).hasSizeBetween(1, RepositoryName.MAX_LENGTH).matches("[a-z0-9._/-]+");
    assertThat(name.value().split("/", -1))
        .allSatisfy(component -> assertThat(component).matches("[a-z0-9](.*[a-z0-9])?"))
        .noneMatch(component -> component.contains(".."));
    assertWithin(name.value());
    name.inLibrary()
        .ifPresentOrElse(
            found -> {
              assertThat(found.value()).endsWith(text).contains("/");
              assertThat(found.inLibrary()).contains(found);
              assertThat(RepositoryName.parse(found.value())).contains(found);
            },
            () -> assertThat(text).hasSizeGreaterThan(RepositoryName.MAX_LENGTH - 8));
  }

  private static void check(String text, RegistryHost host) {
    assertThat(RegistryHost.parse(host.value())).contains(host);
    assertThat(host.value()).isPrintable().isLowerCase().isASCII();
    assertThat(text).isASCII();
    if (!host.equals(RegistryHost.DOCKER_HUB)) {
      assertThat(host.value()).isEqualToIgnoringCase(text);
    }
    assertThat(host.value()).doesNotContain("..", "/", "@", "%", "\\").doesNotEndWith(".");
    assertThat(URI.create("https://" + host).getAuthority()).isEqualTo(host.value());
    assertWithin(host.value());
  }

  private static void check(String text, Digest digest) {
    assertThat(digest).hasToString(text);
    assertThat(digest.hex()).hasSize(digest.algorithm().hexLength()).matches("[0-9a-f]+");
    assertThat(text).isEqualTo(digest.algorithm().label() + ":" + digest.hex());
  }

  private static void check(String text, Tag tag) {
    assertThat(tag).hasToString(text);
    assertThat(text).hasSizeBetween(1, 128).matches("[A-Za-z0-9_][A-Za-z0-9._-]*");
    assertWithin(text);
  }

  /** Used as a relative path, it leads to a place below where it began. */
  private static void assertWithin(String name) {
    Path resolved = ROOT.resolve(name);
    assertThat(resolved.normalize()).isEqualTo(resolved).isNotEqualTo(ROOT);
    assertThat(resolved).startsWithRaw(ROOT);
  }
}
