package dev.tarn.server.mirror;

import dev.tarn.server.mirror.Answer.Header;
import dev.tarn.server.mirror.MirrorRequest.OfListing;
import dev.tarn.server.upstream.UpstreamAnswer;
import dev.tarn.server.upstream.UpstreamContent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Passes listings through: tags and referrers are what upstream says now. Blocks. */
final class Listings {
  /** Upstreams page their listings; a page larger than this is not passed on. */
  private static final int MAX_LISTING_BYTES = 16 * 1024 * 1024;

  private static final String FILTERS = "OCI-Filters-Applied";
  private static final OciError UNKNOWN =
      new OciError(OciError.Code.NAME_UNKNOWN, "repository name not known to registry");

  private final Registries registries;

  Listings(Registries registries) {
    this.registries = registries;
  }

  Answer answer(OfListing request) {
    Scope scope = request.scope();
    UpstreamAnswer answer =
        registries
            .upstream(scope)
            .getListing(scope.repository(), request.pathAndQuery(), request.caller());
    return answer instanceof UpstreamAnswer.Found(UpstreamContent content)
        ? listing(request, content)
        : Relay.otherwise(answer, UNKNOWN);
  }

  private static Answer listing(OfListing request, UpstreamContent content) {
    try (content) {
      byte[] bytes = WholeBody.read(content, MAX_LISTING_BYTES);
      List<Header> headers = new ArrayList<>();
      headers.add(
          new Header(
              "Content-Type", content.mediaType().isEmpty() ? Answer.JSON : content.mediaType()));
      content.link().ifPresent(link -> headers.add(new Header("Link", link)));
      content.header(FILTERS).ifPresent(value -> headers.add(new Header(FILTERS, value)));
      return new Answer(
          200,
          bytes.length,
          headers,
          request.head() ? new Body.None() : new Body.Bytes(Content.of(bytes)),
          Source.UPSTREAM,
          Outcome.PASSED,
          null);
    } catch (IOException e) {
      return Answer.unavailable(502, "upstream: listing broke off");
    }
  }
}
