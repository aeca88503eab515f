package dev.tarn.agent.hosts;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The first line of our block, which says what taking the block out has to know.
 *
 * @param sha256 of what stood there before, in hex
 * @param original whether a file stood there before
 * @param lineBreak whether one had to be added before the block
 * @param made which directories were made for the file
 * @param mirror the URL that the block points to
 * @param body of the lines between the markers, the first 16 digits of their SHA-256: whether
 *     somebody edited them
 */
public record Marker(
    String sha256, boolean original, boolean lineBreak, Made made, String mirror, String body) {
  static final String BEGIN = "# >>> tarn containerd-config-agent";
  static final String END = "# <<< tarn containerd-config-agent";
  private static final String BEGIN_SIGN = "# >>> tarn";
  private static final String END_SIGN = "# <<< tarn";
  private static final String VERSION = "v1";
  private static final int BODY_DIGITS = 16;

  /** The line, without its end. */
  String line() {
    return BEGIN
        + " "
        + VERSION
        + " sha256="
        + sha256
        + " original="
        + yesNo(original)
        + " break="
        + yesNo(lineBreak)
        + " made="
        + made.text()
        + " mirror="
        + mirror
        + " body="
        + body
        + " # taken out again by the agent; do not edit up to the next such line";
  }

  /** What a first line says; empty where it is none, or of a version that is not known here. */
  static Optional<Marker> parse(String line) {
    String[] words = line.strip().split(" ", -1);
    String[] begin = BEGIN.split(" ", -1);
    int first = begin.length;
    if (words.length < first + 7
        || !line.strip().startsWith(BEGIN + " ")
        || !words[first].equals(VERSION)) {
      return Optional.empty();
    }
    String[] values = new String[6];
    String[] keys = {"sha256=", "original=", "break=", "made=", "mirror=", "body="};
    for (int i = 0; i < keys.length; i++) {
      String word = words[first + 1 + i];
      if (!word.startsWith(keys[i])) {
        return Optional.empty();
      }
      values[i] = word.substring(keys[i].length());
    }
    return Optional.of(
        new Marker(
            values[0],
            values[1].equals("yes"),
            values[2].equals("yes"),
            Made.parse(values[3]),
            values[4],
            values[5]));
  }

  /** Whether a line is a first marker, or as much of one as makes clear that it was. */
  static boolean isBegin(String line) {
    return isSign(line, BEGIN_SIGN);
  }

  /** The same for a last marker. */
  static boolean isEnd(String line) {
    return isSign(line, END_SIGN);
  }

  private static boolean isSign(String line, String sign) {
    return line.startsWith(sign)
        && (line.length() == sign.length() || line.charAt(sign.length()) == ' ');
  }

  /** Whether a line may be in a text that {@link #isBegin} or {@link #isEnd} knows. */
  static boolean mayBeIn(String text) {
    return text.contains(BEGIN_SIGN) || text.contains(END_SIGN);
  }

  /** The first digits of the SHA-256 of a block's body, however its lines end. */
  static String bodyDigest(String body) {
    String lines = body.replace("\r", "");
    return sha256(lines.getBytes(StandardCharsets.UTF_8)).substring(0, BODY_DIGITS);
  }

  static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  static String yesNo(boolean value) {
    return value ? "yes" : "no";
  }
}
