package dev.tarn.server.agent;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What the agent says of itself.
 *
 * @param entries how many entries of ours stand in containerd's directories
 * @param metrics its figures in Prometheus' text format, as they came
 */
record Report(int entries, String metrics) {
  private static final String ENTRIES = "entries ";
  private static final int MAX_DIGITS = 6;

  /** The report that {@code body} is, if it is one. */
  static Optional<Report> parse(byte[] body) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException _) {
      return Optional.empty();
    }
    int end = text.indexOf('\n');
    String line = end < 0 ? text : text.substring(0, end);
    String count = line.startsWith(ENTRIES) ? line.substring(ENTRIES.length()) : "";
    if (count.isEmpty()
        || count.length() > MAX_DIGITS
        || !count.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Optional.empty();
    }
    return Optional.of(new Report(Integer.parseInt(count), end < 0 ? "" : text.substring(end + 1)));
  }
}
