package dev.tarn.agent.hosts;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * The file beside a {@code hosts.toml} with our block: a copy of what stood there before, for
 * people, under one line of ours. It also lets our entry be known where another program has read
 * the file and written it again without comments.
 *
 * @param original what stood there; empty where there was no file
 * @param made which directories were made
 * @param mirror the URL that was written
 */
public record Note(Optional<byte[]> original, Made made, String mirror) {
  private static final String HEAD = "# --- tarn containerd-config-agent v1 original=";
  private static final String TAIL = " # hosts.toml as it was before, from the next line on";

  public byte[] bytes() {
    String head =
        HEAD
            + Marker.yesNo(original.isPresent())
            + " made="
            + made.text()
            + " mirror="
            + mirror
            + TAIL
            + "\n";
    byte[] first = head.getBytes(StandardCharsets.UTF_8);
    byte[] copy = original.orElse(new byte[0]);
    byte[] all = Arrays.copyOf(first, first.length + copy.length);
    System.arraycopy(copy, 0, all, first.length, copy.length);
    return all;
  }

  /** What a note says; empty where the bytes are none. */
  public static Optional<Note> parse(byte[] bytes) {
    int end = 0;
    while (end < bytes.length && bytes[end] != '\n') {
      end++;
    }
    if (end == bytes.length) {
      return Optional.empty();
    }
    String line = new String(bytes, 0, end, StandardCharsets.UTF_8);
    if (!line.startsWith(HEAD) || !line.endsWith(TAIL)) {
      return Optional.empty();
    }
    String[] words =
        line.substring(HEAD.length(), line.length() - TAIL.length()).strip().split(" ", -1);
    if (words.length != 3 || !words[1].startsWith("made=") || !words[2].startsWith("mirror=")) {
      return Optional.empty();
    }
    Optional<byte[]> original =
        words[0].equals("yes")
            ? Optional.of(Arrays.copyOfRange(bytes, end + 1, bytes.length))
            : Optional.empty();
    return Optional.of(
        new Note(
            original,
            Made.parse(words[1].substring("made=".length())),
            words[2].substring("mirror=".length())));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Note that && Arrays.equals(bytes(), that.bytes());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes());
  }

  @Override
  public String toString() {
    return "Note[made=" + made.text() + ", mirror=" + mirror + "]";
  }
}
