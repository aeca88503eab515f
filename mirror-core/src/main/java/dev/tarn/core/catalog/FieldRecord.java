package dev.tarn.core.catalog;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Named fields as text: one {@code name=value} a line, and a last line with the CRC32C of all that
 * precedes it, so that a torn record is known for one. Immutable.
 *
 * @param fields names and values; line breaks in values become spaces
 */
public record FieldRecord(Map<String, String> fields) {
  private static final String CHECK = "crc32c=";

  public FieldRecord {
    fields = Map.copyOf(fields);
  }

  /** The field's value, or empty where it is missing. */
  public Optional<String> text(String name) {
    return Optional.ofNullable(fields.get(name));
  }

  /** The field's value as a number, or empty where it is missing or none. */
  public Optional<Long> number(String name) {
    try {
      return text(name).map(Long::valueOf);
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  String format() {
    StringBuilder text = new StringBuilder();
    fields.forEach(
        (name, value) ->
            text.append(name).append('=').append(value.replaceAll("[\r\n]", " ")).append('\n'));
    return text + CHECK + checksum(text.toString()) + "\n";
  }

  static Optional<FieldRecord> parse(String text) {
    int check = text.lastIndexOf(CHECK);
    if (check < 0) {
      return Optional.empty();
    }
    String body = text.substring(0, check);
    if (!text.substring(check).equals(CHECK + checksum(body) + "\n")) {
      return Optional.empty();
    }
    Map<String, String> fields = new LinkedHashMap<>();
    body.lines()
        .forEach(
            line -> {
              int equals = line.indexOf('=');
              if (equals > 0) {
                fields.put(line.substring(0, equals), line.substring(equals + 1));
              }
            });
    return Optional.of(new FieldRecord(fields));
  }

  private static String checksum(String text) {
    CRC32C crc = new CRC32C();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return Long.toHexString(crc.getValue());
  }
}
