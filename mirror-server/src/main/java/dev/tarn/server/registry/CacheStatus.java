package dev.tarn.server.registry;

import dev.tarn.server.mirror.Outcome;
import dev.tarn.server.mirror.Source;
import io.netty.util.AsciiString;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The header that tells a person with curl how an answer came about.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9211">RFC 9211, The Cache-Status HTTP Response
 *     Header Field</a>
 */
final class CacheStatus {
  static final AsciiString NAME = AsciiString.cached("Cache-Status");

  private static final Map<Source, String> HITS = values("tarn; hit; detail=");
  private static final Map<Source, String> MISSES = values("tarn; fwd=miss; detail=");

  private CacheStatus() {}

  /** The header's value; null where the answer is Tarn's own. */
  static @Nullable String of(Source source, Outcome outcome) {
    return switch (outcome) {
      case HIT -> HITS.get(source);
      case STALE -> "tarn; hit; detail=stale";
      case MISS -> MISSES.get(source);
      case PASSED -> source == Source.NONE ? null : "tarn; fwd=bypass";
      case REJECTED, FAILED -> null;
    };
  }

  private static Map<Source, String> values(String start) {
    Map<Source, String> values = new EnumMap<>(Source.class);
    for (Source source : Source.values()) {
      values.put(source, start + source.name().toLowerCase(Locale.ROOT));
    }
    return values;
  }
}
