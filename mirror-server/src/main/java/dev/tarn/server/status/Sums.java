package dev.tarn.server.status;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Map;

/**
 * The figures of a time, in few, of a node or of several.
 *
 * @param misses of which upstream answered {@code upstreamMisses}
 */
record Sums(
    long hits,
    long misses,
    long upstreamMisses,
    long failures,
    BySource served,
    long upstreamBytes,
    long crossZoneBytes) {
  static final Sums NOTHING = new Sums(0, 0, 0, 0, BySource.NOTHING, 0, 0);

  static Sums of(Figures figures) {
    return new Sums(
        figures.hits(),
        figures.misses(),
        figures.get(Figure.MISSES_UPSTREAM),
        figures.get(Figure.FAILURES),
        BySource.of(figures),
        figures.get(Figure.FETCHED_UPSTREAM),
        figures.get(Figure.CROSS_ZONE));
  }

  Sums and(Sums other) {
    return new Sums(
        hits + other.hits,
        misses + other.misses,
        upstreamMisses + other.upstreamMisses,
        failures + other.failures,
        served.and(other.served),
        upstreamBytes + other.upstreamBytes,
        crossZoneBytes + other.crossZoneBytes);
  }

  /** All but by where it was. */
  void writeShort(JsonGenerator json) throws IOException {
    json.writeNumberField("hits", hits);
    json.writeNumberField("misses", misses);
    json.writeNumberField("upstreamMisses", upstreamMisses);
    json.writeNumberField("failures", failures);
    json.writeNumberField("servedBytes", served.sum());
    json.writeNumberField("upstreamBytes", upstreamBytes);
    json.writeNumberField("savedBytes", Math.max(0, served.sum() - upstreamBytes));
    json.writeNumberField("crossZoneBytes", crossZoneBytes);
  }

  void write(JsonGenerator json) throws IOException {
    writeShort(json);
    Json.object(json, "servedBySource", served::write);
  }

  static Sums read(Map<?, ?> json) {
    return new Sums(
        Json.number(json, "hits"),
        Json.number(json, "misses"),
        Json.number(json, "upstreamMisses"),
        Json.number(json, "failures"),
        json.get("servedBySource") instanceof Map<?, ?> served
            ? BySource.read(served)
            : BySource.NOTHING,
        Json.number(json, "upstreamBytes"),
        Json.number(json, "crossZoneBytes"));
  }
}
