package dev.tarn.server.mirror;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.range.ByteRange;
import dev.tarn.core.range.RangeRequest;
import dev.tarn.server.mirror.HeaderFields.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client gets: a status, headers and a body, and how it came about. The receiver owns the
 * body.
 *
 * @param contentLength the value of {@code Content-Length}, or -1 where it cannot be known; for a
 *     HEAD it is not the length of {@code body}
 * @param headers all other headers
 * @param digest of the content, for the access log; null where there is none
 */
public record Answer(
    int status,
    long contentLength,
    HeaderFields headers,
    Body body,
    Source source,
    Outcome outcome,
    @Nullable Digest digest)
    implements AutoCloseable {

  static final String JSON = "application/json";

  /** An error of Tarn's own. */
  public static Answer error(int status, Outcome outcome, OciError error) {
    return json(status, outcome, Content.of(error.toJson()));
  }

  /** An answer of Tarn's own, in JSON. */
  public static Answer json(int status, Outcome outcome, Content content) {
    return new Answer(
        status,
        content.length(),
        HeaderFields.of(new Field("Content-Type", JSON)),
        new Body.Bytes(content),
        Source.NONE,
        outcome,
        null);
  }

  /** Nothing usable could be had: containerd then goes on to the next host. */
  static Answer unavailable(int status, String message) {
    return error(status, Outcome.FAILED, new OciError(OciError.Code.UNAVAILABLE, message));
  }

  /** Headers of content, without the content. */
  static Answer head(Descriptor content, Source source, Outcome outcome) {
    return new Answer(
        200,
        content.size(),
        headers(content, content.isBlob()),
        new Body.None(),
        source,
        outcome,
        content.digest());
  }

  /** A manifest, or, for a HEAD, its headers alone. */
  static Answer manifest(
      HotManifest manifest, String mediaType, boolean head, Source source, Outcome outcome) {
    return new Answer(
        200,
        manifest.content().length(),
        manifest.headers(mediaType),
        head ? new Body.None() : new Body.Bytes(manifest.content()),
        source,
        outcome,
        manifest.digest());
  }

  /** The body for a part of content, from its start up to, not including, its end. */
  interface PartialBody {
    Body of(long start, long end);
  }

  /** A blob or the part of it that was asked for; {@code body} is not called for a 416. */
  static Answer ranged(
      Descriptor content, RangeRequest range, PartialBody body, Source source, Outcome outcome) {
    return switch (range.resolve(content.size())) {
      case RangeRequest.Resolved.Full _ ->
          new Answer(
              200,
              content.size(),
              headers(content, true),
              body.of(0, content.size()),
              source,
              outcome,
              content.digest());
      case RangeRequest.Resolved.Partial(ByteRange part) ->
          new Answer(
              206,
              part.length(),
              headers(content, true)
                  .plus(new Field("Content-Range", part.contentRange(content.size()))),
              body.of(part.start(), part.end()),
              source,
              outcome,
              content.digest());
      case RangeRequest.Resolved.Unsatisfiable _ ->
          new Answer(
              416,
              0,
              HeaderFields.of(new Field("Content-Range", "bytes */" + content.size())),
              new Body.None(),
              source,
              Outcome.REJECTED,
              content.digest());
    };
  }

  /** The headers that go with content; {@code ranges} where parts of it can be asked for. */
  static HeaderFields headers(Descriptor content, boolean ranges) {
    Field type = new Field("Content-Type", content.mediaType());
    Field digest = new Field("Docker-Content-Digest", content.digest().toString());
    Field tag = new Field("ETag", "\"" + content.digest() + "\"");
    return ranges
        ? HeaderFields.of(type, digest, tag, new Field("Accept-Ranges", "bytes"))
        : HeaderFields.of(type, digest, tag);
  }

  /** The same with one more header. */
  Answer with(Field field) {
    return new Answer(status, contentLength, headers.plus(field), body, source, outcome, digest);
  }

  /** The same, of what was fetched from there for this very request, however fast. */
  Answer fetchedFrom(Source other) {
    Outcome known = outcome == Outcome.HIT ? Outcome.MISS : outcome;
    return new Answer(status, contentLength, headers, body, other, known, digest);
  }

  /** Whether it asks for a credential. */
  public boolean isChallenge() {
    return !headers.challenges().isEmpty();
  }

  /** The same, asking in these words. */
  Answer withChallenges(List<String> challenges) {
    HeaderFields asking = headers.withChallenges(challenges);
    return new Answer(status, contentLength, asking, body, source, outcome, digest);
  }

  @Override
  public void close() {
    body.close();
  }
}
