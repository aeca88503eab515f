package dev.tarn.server.mirror;

import dev.tarn.server.mirror.HeaderFields.Field;
import dev.tarn.server.mirror.MirrorRequest.OfListing;
import dev.tarn.server.upstream.UpstreamAnswer;
import dev.tarn.server.upstream.UpstreamContent;
import java.io.IOException;

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
      String type = content.mediaType().isEmpty() ? Answer.JSON : content.mediaType();
      HeaderFields plain = HeaderFields.of(new Field("Content-Type", type));
      HeaderFields filtered =
          content.header(FILTERS).map(value -> plain.plus(new Field(FILTERS, value))).orElse(plain);
      HeaderFields headers = content.link().map(filtered::withLink).orElse(filtered);
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
