package dev.tarn.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.testing.MirrorFixture;
import dev.tarn.server.testing.MirrorOptions;
import dev.tarn.server.testing.RawClient.Response;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.Sample;
import dev.tarn.server.testing.ScriptedRequest;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tags and referrers are upstream's, paging included. */
class ListingTest {
  private static final String TAGS = "/v2/library/app/tags/list";
  private static final String PAGE = "{\"name\":\"library/app\",\"tags\":[\"a\",\"b\"]}";

  @TempDir Path directory;
  private MirrorFixture mirror;

  @BeforeEach
  void start() throws IOException {
    mirror = MirrorFixture.start(directory, MirrorOptions.patient());
  }

  @AfterEach
  void stop() {
    mirror.close();
  }

  @ParameterizedTest
  @CsvSource({
    "/v2/library/app/tags/list?ns=example.com&n=2, "
        + "/v2/library/app/tags/list?last=b&n=2&ns=example.com",
    "/v2/library/app/tags/list?n=2&ns=EXAMPLE.com, "
        + "/v2/library/app/tags/list?last=b&n=2&ns=EXAMPLE.com",
    "/v2/example.com/library/app/tags/list?n=2, "
        + "/v2/example.com/library/app/tags/list?last=b&n=2",
    "/v2/docker.io/app/tags/list?n=2, /v2/docker.io/library/app/tags/list?last=b&n=2",
  })
  void theNextPageLeadsBackThroughTheMirror(String uri, String next) throws IOException {
    mirror.upstream.on(
        TAGS, Reply.json(PAGE).header("Link", "<" + TAGS + "?last=b&n=2>; rel=\"next\""));

    Response response = mirror.get(uri);

    assertThat(response.text()).isEqualTo(PAGE);
    assertThat(response.header("Link")).isEqualTo("<" + next + ">; rel=\"next\"");
    assertThat(mirror.upstream.requests())
        .extracting(ScriptedRequest::query)
        .containsExactly("n=2");
  }

  @Test
  void anAbsoluteLinkDoesNotLeadAroundTheMirror() throws IOException {
    mirror.upstream.on(
        TAGS,
        Reply.json(PAGE)
            .header("Link", "<https://registry.test" + TAGS + "?last=b&n=2>; rel=\"next\""));

    assertThat(mirror.get("/v2/example.com/library/app/tags/list").header("Link"))
        .isEqualTo("</v2/example.com/library/app/tags/list?last=b&n=2>; rel=\"next\"");
    assertThat(mirror.get(TAGS + "?ns=example.com").header("Link"))
        .isEqualTo("<" + TAGS + "?last=b&n=2&ns=example.com>; rel=\"next\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {TAGS + "?ns=example.com&n=1", "/v2/example.com/library/app/tags/list?n=1"})
  void followingTheLinksReadsEveryPageOnce(String first) throws IOException {
    mirror.upstream.on(
        TAGS,
        request ->
            switch (request.query()) {
              case "n=1" ->
                  Reply.json("1").header("Link", "<" + TAGS + "?n=1&last=a>; rel=\"next\"");
              case "n=1&last=a" ->
                  Reply.json("2").header("Link", "<" + TAGS + "?n=1&last=b>; rel=\"next\"");
              case "n=1&last=b" -> Reply.json("3");
              default -> Reply.status(400);
            });

    StringBuilder pages = new StringBuilder();
    String uri = first;
    while (!uri.isEmpty()) {
      Response response = mirror.get(uri);
      pages.append(response.text());
      String link = response.header("Link");
      uri = link.isEmpty() ? "" : link.substring(1, link.indexOf('>'));
    }

    assertThat(pages).hasToString("123");
  }

  @Test
  void referrersKeepTheirTypeAndTheFiltersThatUpstreamApplied() throws IOException {
    Sample subject = Sample.manifest(1);
    String path = "/v2/library/app/referrers/" + subject.digest();
    String type = "application/vnd.oci.image.index.v1+json";
    mirror.upstream.on(
        path,
        Reply.json("{}")
            .header("Content-Type", type)
            .header("OCI-Filters-Applied", "artifactType"));

    Response response = mirror.get(path + "?ns=example.com&artifactType=x%2Fy");

    assertThat(response.status()).isEqualTo(200);
    assertThat(response.header("Content-Type")).isEqualTo(type);
    assertThat(response.header("OCI-Filters-Applied")).isEqualTo("artifactType");
    assertThat(mirror.upstream.requests())
        .extracting(ScriptedRequest::query)
        .containsExactly("artifactType=x%2Fy");
  }

  @Test
  void aListingIsAskedForEachTime() throws IOException {
    mirror.upstream.on(TAGS, Reply.json("1"), Reply.json("2"), Reply.status(404));

    assertThat(mirror.get(TAGS + "?ns=example.com").text()).isEqualTo("1");
    assertThat(mirror.get(TAGS + "?ns=example.com").text()).isEqualTo("2");
    assertThat(mirror.get(TAGS + "?ns=example.com").status()).isEqualTo(404);
  }

  @Test
  void aHeadOfAListingHasNoBodyAndTheSameHeaders() throws IOException {
    mirror.upstream.on(TAGS, Reply.json(PAGE));

    Response head = mirror.head(TAGS + "?ns=example.com");

    assertThat(head.headers()).isEqualTo(mirror.get(TAGS + "?ns=example.com").headers());
    assertThat(head.header("Content-Length")).isEqualTo(Integer.toString(PAGE.length()));
  }

  @Test
  void anUpstreamsErrorIsPassedOnAsItIs() throws IOException {
    mirror.upstream.on(TAGS, Reply.status(404));

    Response response = mirror.get(TAGS + "?ns=example.com");

    assertThat(response.status()).isEqualTo(404);
    assertThat(response.text()).contains("\"message\":\"status 404\"");
  }

  @Test
  void aListingWithoutEndIsNotPassedOn() throws IOException {
    byte[] huge = new byte[17 * 1024 * 1024];
    mirror.upstream.on(TAGS, Reply.blob(huge).header("Content-Type", "application/json"));

    assertThat(mirror.get(TAGS + "?ns=example.com").status()).isEqualTo(502);
  }
}
