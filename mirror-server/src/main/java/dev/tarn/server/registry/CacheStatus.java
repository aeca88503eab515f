package dev.tarn.server.registry;

import dev.tarn.server.mirror.Outcome;
import dev.tarn.server.mirror.Source;
import io.netty.util.AsciiString;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The header that tells a person with curl how an answer came about.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9211">RFC 9211, The Cache-Status HTTP Response
 *     Header Field</a>
 */
final class CacheStatus {
  static final AsciiString NAME = AsciiString.cached("Cache-Status");

  private static final String[][] VALUES = new String[Source.values().length][];

  static {
    for (Source source : Source.values()) {
      String detail = source.name().toLowerCase(Locale.ROOT);
      VALUES[source.ordinal()] =
          new String[] {
            "tarn; hit; detail=" + detail, "tarn; fwd=miss; detail=" + detail, "tarn; fwd=bypass"
          };
    }
  }

  private CacheStatus() {}

  /** The header's value; null where the answer is Tarn's own. */
  static @Nullable String of(Source source, Outcome outcome) {
    String[] values = VALUES[source.ordinal()];
    return switch (outcome) {
      case HIT -> values[0];
      case STALE -> "tarn; hit; detail=stale";
      case MISS -> values[1];
      case PASSED -> source == Source.NONE ? null : values[2];
      case REJECTED, FAILED -> null;
    };
  }
}
