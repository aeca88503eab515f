package dev.tarn.core.name;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageReferenceTest {
  private static final String DIGEST = "sha256:" + "0a".repeat(32);

  @ParameterizedTest
  @CsvSource({
    "nginx, docker.io/library/nginx",
    "nginx:1.27, docker.io/library/nginx:1.27",
    "team/app:v1, docker.io/team/app:v1",
    "docker.io/nginx:1.27, docker.io/library/nginx:1.27",
    "docker.io/library/nginx:1.27, docker.io/library/nginx:1.27",
    "index.docker.io/nginx, docker.io/library/nginx",
    "registry-1.docker.io/team/app, docker.io/team/app",
    "quay.io/app:v1, quay.io/app:v1",
    "quay.io/team/sub/app, quay.io/team/sub/app",
    "QUAY.io/team/app:V1, quay.io/team/app:V1",
    "localhost/app:v1, localhost/app:v1",
    "localhost:5000/app, localhost:5000/app",
    "localhost:5000/app:v1, localhost:5000/app:v1",
    "'[fd00::1]:5000/app:v1', '[fd00::1]:5000/app:v1'",
    "harbor/app, docker.io/harbor/app",
    "localhost:5000, docker.io/library/localhost:5000",
  })
  void whatIsLeftOutIsDockerHubs(String text, String expected) {
    assertThat(ImageReference.parse(text)).get().hasToString(expected);
  }

  @Test
  void aDigestGoesBeforeATag() {
    String expected = "docker.io/library/nginx@" + DIGEST;
    assertThat(ImageReference.parse("nginx@" + DIGEST)).get().hasToString(expected);
    assertThat(ImageReference.parse("nginx:1.27@" + DIGEST)).get().hasToString(expected);
  }

  @Test
  void withoutATagNoneIsMeant() {
    assertThat(ImageReference.parse("nginx").orElseThrow().reference()).isEmpty();
    assertThat(ImageReference.parse("nginx:latest").orElseThrow().reference())
        .contains(new Tag("latest"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "@",
        "/",
        "nginx:",
        "nginx@",
        ":1.27",
        "nginx:1.27:2",
        "nginx@sha256:12",
        "nginx:-a",
        "nginx:a b",
        "nginx:1.27@",
        "quay.io/",
        "quay.io//app",
        "quay.io/../app",
        "quay.io/App",
        "Harbor/app",
        "LOCALHOST/app",
        "https://quay.io/app",
        "user@quay.io/app",
        "user:secret@quay.io/app",
        "quay.io:99999/app",
        "quay.io:/app",
        "quay_io.x/app",
        "nginx:1.27?x",
        "nginx%3a1.27",
        " nginx",
        "nginx\n",
      })
  void whatIsNoReferenceIsRefused(String text) {
    assertThat(ImageReference.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"nginx", "QUAY.io/a:B", "localhost/a", "[FD00::1]:5000/a/b:1", "a/b:1"})
  void whatIsPrintedIsReadAsTheSame(String text) {
    ImageReference image = ImageReference.parse(text).orElseThrow();
    assertThat(ImageReference.parse(image.toString())).contains(image);
  }

  @Test
  void lengthIsBounded() {
    assertThat(ImageReference.parse("a".repeat(247))).isPresent();
    assertThat(ImageReference.parse("a".repeat(248))).as("with library/ too long").isEmpty();
    assertThat(ImageReference.parse("a/".repeat(100_000) + "a")).isEmpty();
  }
}
