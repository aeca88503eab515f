package dev.tarn.server.mirror;

import dev.tarn.core.range.ByteRange;
import dev.tarn.core.range.RangeRequest;
import dev.tarn.server.mirror.HeaderFields.Field;
import dev.tarn.server.mirror.MirrorRequest.OfBlob;
import dev.tarn.server.upstream.UpstreamContent;

/** Answers whose bytes stream from upstream to one client. */
final class PassingAnswer {
  private PassingAnswer() {}

  /**
   * The answer for a blob or the part of it that was asked for. Where upstream sent everything
   * though a part was asked for, everything is passed on, as RFC 9110 allows.
   */
  static Answer of(OfBlob request, UpstreamContent content, PassingBytes bytes) {
    long total = content.totalSize();
    Descriptor blob = Descriptor.blob(request.digest(), total);
    Answer whole = Answer.head(blob, Source.UPSTREAM, Outcome.MISS);
    if (content.offset() == 0) {
      boolean fromStart =
          request.range() instanceof RangeRequest.From(long first, long _) && first == 0;
      if (!fromStart || total <= 0) {
        return with(whole, 200, total, whole.headers(), new Body.Passing(bytes, total));
      }
    }
    return switch (request.range().resolve(total)) {
      case RangeRequest.Resolved.Partial(ByteRange part) when part.start() == content.offset() -> {
        HeaderFields headers =
            whole.headers().plus(new Field("Content-Range", part.contentRange(total)));
        yield with(whole, 206, part.length(), headers, new Body.Passing(bytes, part.length()));
      }
      case RangeRequest.Resolved.Partial _,
          RangeRequest.Resolved.Full _,
          RangeRequest.Resolved.Unsatisfiable _ -> {
        bytes.close();
        yield Answer.unavailable(502, "upstream answered another range than was asked for");
      }
    };
  }

  private static Answer with(
      Answer whole, int status, long length, HeaderFields headers, Body body) {
    return new Answer(
        status, length, headers, body, whole.source(), whole.outcome(), whole.digest());
  }
}
