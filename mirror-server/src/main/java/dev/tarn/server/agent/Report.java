package dev.tarn.server.agent;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the agent says of itself.
 *
 * @param entries how many entries of ours stand in containerd's directories
 * @param agent which process of the agent it is; empty where it does not say
 * @param ending whether it puts none there any more, because it is about to end
 * @param canaries the digests of the canaries that it waits for
 * @param metrics its figures in Prometheus' text format, as they came
 */
record Report(int entries, String agent, boolean ending, List<String> canaries, String metrics) {
  private static final String ENTRIES = "entries ";
  private static final String AGENT = "agent ";
  private static final String ENDING = "ending";
  private static final String CANARY = "canary ";
  private static final int MAX_DIGITS = 6;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

  /** The report that {@code body} is, if it is one. */
  static Optional<Report> parse(byte[] body) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException _) {
      return Optional.empty();
    }
    String first = line(text, 0);
    String count = first.startsWith(ENTRIES) ? first.substring(ENTRIES.length()) : "";
    if (count.isEmpty()
        || count.length() > MAX_DIGITS
        || !count.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Optional.empty();
    }
    String agent = "";
    boolean ending = false;
    List<String> canaries = new ArrayList<>();
    int at = first.length() + 1;
    while (at < text.length() && !isMetric(text, at)) {
      String line = line(text, at);
      at += line.length() + 1;
      // Others are of a later version.
      if (line.equals(ENDING)) {
        ending = true;
      } else if (line.startsWith(AGENT)) {
        String name = line.substring(AGENT.length());
        agent = NAME.matcher(name).matches() ? name : agent;
      } else if (line.startsWith(CANARY)) {
        String digest = line.substring(CANARY.length());
        if (DIGEST.matcher(digest).matches() && canaries.size() < Canaries.AWAITED) {
          canaries.add(digest);
        }
      }
    }
    return Optional.of(
        new Report(
            Integer.parseInt(count),
            agent,
            ending,
            List.copyOf(canaries),
            text.substring(Math.min(at, text.length()))));
  }

  private static boolean isMetric(String text, int at) {
    return text.charAt(at) == '#' || text.startsWith(Exposition.PREFIX, at);
  }

  private static String line(String text, int from) {
    int end = text.indexOf('\n', from);
    return text.substring(from, end < 0 ? text.length() : end);
  }
}
