package dev.tarn.server.fault;

import dev.tarn.server.testing.Reply;
import java.time.Duration;

/** A way in which an upstream's answer can be wrong. */
enum Fault {
  CLOSES_WITHOUT_ANSWER(When.BEFORE_HEADERS),
  RESETS_WITHOUT_ANSWER(When.BEFORE_HEADERS),
  HANGS(When.BEFORE_HEADERS),
  CHALLENGES(When.BEFORE_HEADERS),
  CHALLENGES_WITH_HOSTILE_REALM(When.BEFORE_HEADERS),
  FORBIDS(When.BEFORE_HEADERS),
  KNOWS_NOTHING(When.BEFORE_HEADERS),
  LIMITS_THE_RATE(When.BEFORE_HEADERS),
  LIMITS_THE_RATE_FOR_A_WHILE(When.BEFORE_HEADERS),
  FAILS_500(When.BEFORE_HEADERS),
  FAILS_502(When.BEFORE_HEADERS),
  FAILS_503(When.BEFORE_HEADERS),
  FAILS_504(When.BEFORE_HEADERS),
  REDIRECTS_TO_METADATA_SERVICE(When.BEFORE_HEADERS),
  REDIRECTS_IN_A_CIRCLE(When.BEFORE_HEADERS),
  SENDS_HTML(When.BEFORE_HEADERS),
  SENDS_NOTHING_WITH_200(When.BEFORE_HEADERS),
  TRUNCATES(When.MID_BODY),
  RESETS(When.MID_BODY),
  STALLS(When.MID_BODY),
  SENDS_A_WRONG_BYTE(When.MID_BODY),
  SENDS_A_WRONG_LAST_BYTE(When.MID_BODY),
  SENDS_TOO_MUCH(When.MID_BODY),
  SENDS_TOO_LITTLE(When.MID_BODY),
  NAMES_ANOTHER_DIGEST(When.MID_BODY),
  NAMES_NO_DIGEST(When.MID_BODY),
  NAMES_A_MALFORMED_DIGEST(When.MID_BODY),
  SENDS_CHUNKED(When.MID_BODY),
  SENDS_UNTIL_CLOSE(When.MID_BODY),
  TRUNCATES_UNTIL_CLOSE(When.MID_BODY),
  ENCODES_THE_CONTENT(When.MID_BODY),
  DRIPS(When.MID_BODY),
  TRUNCATES_AND_KNOWS_NO_RANGES(When.MID_BODY);

  /** At which point of an answer the fault shows. */
  enum When {
    BEFORE_HEADERS,
    MID_BODY
  }

  private static final String WRONG_DIGEST = "sha256:" + "ab".repeat(32);

  final When when;

  Fault(When when) {
    this.when = when;
  }

  /** The faulty answer, where {@code good} would be right for content of {@code size} bytes. */
  Reply apply(Reply good, int size, String path) {
    int middle = size / 2;
    return switch (this) {
      case CLOSES_WITHOUT_ANSWER -> Reply.closeWithoutAnswer();
      case RESETS_WITHOUT_ANSWER -> Reply.resetWithoutAnswer();
      case HANGS -> Reply.hang();
      case CHALLENGES -> Reply.challenge("Basic realm=\"private\"");
      case CHALLENGES_WITH_HOSTILE_REALM ->
          Reply.bearer("http://169.254.169.254/latest/meta-data", "library/app");
      case FORBIDS -> Reply.status(403);
      case KNOWS_NOTHING -> Reply.status(404);
      case LIMITS_THE_RATE -> Reply.rateLimited("");
      case LIMITS_THE_RATE_FOR_A_WHILE -> Reply.rateLimited("120");
      case FAILS_500 -> Reply.status(500);
      case FAILS_502 -> Reply.status(502);
      case FAILS_503 -> Reply.status(503);
      case FAILS_504 -> Reply.status(504);
      case REDIRECTS_TO_METADATA_SERVICE -> Reply.redirect(307, "http://169.254.169.254/secret");
      case REDIRECTS_IN_A_CIRCLE -> Reply.redirect(302, path);
      case SENDS_HTML -> Reply.htmlPage();
      case SENDS_NOTHING_WITH_200 -> good.withWrongLength(-size);
      case TRUNCATES -> good.truncatedAt(middle);
      case RESETS -> good.resetAt(middle);
      case STALLS -> good.stalledAt(middle);
      case SENDS_A_WRONG_BYTE -> good.withWrongByteAt(middle);
      case SENDS_A_WRONG_LAST_BYTE -> good.withWrongByteAt(size - 1);
      case SENDS_TOO_MUCH -> good.withWrongLength(100);
      case SENDS_TOO_LITTLE -> good.withWrongLength(-100);
      case NAMES_ANOTHER_DIGEST -> good.header("Docker-Content-Digest", WRONG_DIGEST);
      case NAMES_NO_DIGEST -> good.withoutHeader("Docker-Content-Digest");
      case NAMES_A_MALFORMED_DIGEST -> good.header("Docker-Content-Digest", "sha256:nonsense");
      case SENDS_CHUNKED -> good.chunked();
      case SENDS_UNTIL_CLOSE -> good.endedByClose();
      case TRUNCATES_UNTIL_CLOSE -> good.endedByClose().truncatedAt(middle);
      case ENCODES_THE_CONTENT -> good.header("Content-Encoding", "gzip");
      case DRIPS -> good.dripping(Math.max(1, size / 4), Duration.ofMillis(20));
      case TRUNCATES_AND_KNOWS_NO_RANGES -> good.withoutRanges().truncatedAt(middle);
    };
  }
}
