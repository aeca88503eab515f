package dev.tarn.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** URLs as they are configured, followed and printed. */
class UrlTest {

  @ParameterizedTest
  @CsvSource({
    "https://a.example, https://a.example, /",
    "HTTPS://A.Example:443/x, https://a.example, /x",
    "http://a.example:80, http://a.example, /",
    "http://a.example:443/?q, http://a.example:443, /?q",
    "https://[2001:DB8::1]:5000/x#f, https://[2001:db8::1]:5000, /x",
    "http://my_registry:5000/v2/, http://my_registry:5000, /v2/",
    "http://a/p|q r\"%zz%2f, http://a, /p%7Cq%20r%22%25zz%2f",
  })
  void aUrlIsASiteAndWhatIsAskedThere(String text, String site, String target) {
    HttpUrl url = HttpUrl.parse(text).orElseThrow();

    assertThat(url.site()).hasToString(site);
    assertThat(url.pathAndQuery()).isEqualTo(target);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "/x",
        "ftp://a/",
        "http://",
        "http:///x",
        "http://u@a/",
        "http://a:0/",
        "http://a:65536/",
        "http://a:x/",
        "http://a\r\nHost: b/",
        "http://a/\u0000",
        "mailto:a@b"
      })
  void whatIsNoHttpUrlIsNone(String text) {
    assertThat(HttpUrl.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "/y, /y",
    "y, /a/y",
    "../y, /y",
    "?z=1, /a/b?z=1",
    "/y?u=http://q/, /y?u=http://q/",
    "//h:81/y, http://h:81/y",
    "https://h/y, https://h/y",
  })
  void aReferenceIsResolvedFromWhereItWasFound(String reference, String expected) {
    HttpUrl from = HttpUrl.parse("http://s:80/a/b?c=d").orElseThrow();
    Optional<HttpUrl> absolute = HttpUrl.parse(expected);

    HttpUrl resolved = from.resolve(reference).orElseThrow();

    assertThat(resolved).isEqualTo(absolute.orElseGet(() -> new HttpUrl(from.site(), expected)));
  }

  @ParameterizedTest
  @CsvSource({
    "https://r/v2/a/blobs/sha256:1?ns=docker.io, https://r/v2/a/blobs/sha256:1?ns=docker.io",
    "https://r/v2/a/tags/list?n=5&last=b&token=s, https://r/v2/a/tags/list?n=5&last=b&…",
    "https://cdn/registry/data?X-Amz-Signature=s&X-Amz-Date=d, https://cdn/…?…&…",
    "https://auth/token?service=s&scope=a:b, https://auth/…?service=s&scope=a:b",
    "https://cdn, https://cdn/",
  })
  void onlyWhatIsKnownToBeHarmlessIsPrinted(String url, String printed) {
    assertThat(HttpUrl.parse(url).orElseThrow()).hasToString(printed);
  }

  @ParameterizedTest
  @CsvSource({
    "https://r.example, /v2/",
    "https://r.example/, /v2/",
    "https://r.example/artifactory/docker, /artifactory/docker/v2/",
    "https://r.example/v2/dockerhub, /v2/dockerhub/",
    "https://r.example/v2/, /v2/",
    "https://r.example/x/v2/y//, /x/v2/y/",
    "https://r.example/nov2, /nov2/v2/",
  })
  void aPathPrefixComesBeforeTheRepository(String url, String root) {
    assertThat(Origin.of(url).apiRoot()).isEqualTo(root);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://r",
        "r.example",
        "https://user:secret@r",
        "https://r?secret=1",
        "https://r/#f"
      })
  void anOriginThatCannotBeAskedIsRefusedWithoutItsSecrets(String url) {
    assertThatThrownBy(() -> Origin.of(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("secret");
  }

  @Test
  void aCallersCredentialCannotBePrinted() {
    assertThat(Caller.withAuthorization("Bearer secret").toString()).doesNotContain("secret");
    assertThat(
            new TokenAnswer.Issued("Bearer secret", java.time.Instant.EPOCH, java.util.List.of()))
        .asString()
        .doesNotContain("secret");
  }
}
