package dev.tarn.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * Whatever a Location says: where it leads is one site and one line, without a credential, and
 * printed and read again it leads there too.
 */
class UrlFuzz {
  private static final HttpUrl FROM = HttpUrl.parse("https://r.example/v2/a/blobs/x").orElseThrow();

  @FuzzTest
  void location(byte[] input) {
    String location = new String(input, StandardCharsets.ISO_8859_1);
    HttpUrl.parse(location).ifPresent(UrlFuzz::check);
    FROM.resolve(location)
        .ifPresent(
            url -> {
              check(url);
              String start = location.strip();
              if (!start.contains(":") && !start.contains("//") && !start.contains("\\")) {
                assertThat(url.site()).isEqualTo(FROM.site());
              }
            });
  }

  static void check(HttpUrl url) {
    Site site = url.site();
    assertThat(site.host()).matches("[a-z0-9._:-]+");
    assertThat(site.port()).isBetween(1, 65_535);
    assertThat(url.pathAndQuery())
        .matches("[/?].*")
        .doesNotContainPattern("[\\x00-\\x20\\x7f\"<>^`{|}\\\\#]");
    assertThat(Site.of(URI.create(site.toString()))).contains(site);
    assertThat(HttpUrl.parse(site + url.pathAndQuery())).contains(url);
    String printed = url.toString().substring(site.toString().length());
    int mark = printed.indexOf('?');
    if (mark >= 0) {
      assertThat(printed.substring(mark + 1).split("&", -1)).allMatch(UrlFuzz::isHarmless);
    }
  }

  /** Whether a parameter may be printed, as signatures and tokens may not. */
  private static boolean isHarmless(String printed) {
    return printed.equals("…")
        || printed.matches("(?:n|last|artifactType|scope|service|ns)(?:=.*)?");
  }
}
