package dev.tarn.server.registry;

import dev.tarn.server.mirror.HeaderFields.Field;
import dev.tarn.server.mirror.Outcome;
import dev.tarn.server.mirror.Source;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * The header that tells a person with curl how an answer came about.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9211">RFC 9211, The Cache-Status HTTP Response
 *     Header Field</a>
 */
final class CacheStatus {
  private static final byte[] NONE = {};
  private static final byte[] STALE = line("tarn; hit; detail=stale");
  private static final byte[] BYPASS = line("tarn; fwd=bypass");
  private static final Map<Source, byte[]> HITS = lines("tarn; hit; detail=");
  private static final Map<Source, byte[]> MISSES = lines("tarn; fwd=miss; detail=");

  private CacheStatus() {}

  /** The whole line, for nobody to change; empty where the answer is Tarn's own. */
  static byte[] line(Source source, Outcome outcome) {
    return switch (outcome) {
      case HIT -> HITS.getOrDefault(source, NONE);
      case STALE -> STALE;
      case MISS -> MISSES.getOrDefault(source, NONE);
      case PASSED -> source == Source.NONE ? NONE : BYPASS;
      case REJECTED, FAILED -> NONE;
    };
  }

  private static Map<Source, byte[]> lines(String start) {
    Map<Source, byte[]> lines = new EnumMap<>(Source.class);
    for (Source source : Source.values()) {
      lines.put(source, line(start + source.name().toLowerCase(Locale.ROOT)));
    }
    return lines;
  }

  private static byte[] line(String value) {
    return new Field("Cache-Status", value).line().getBytes(StandardCharsets.US_ASCII);
  }
}
