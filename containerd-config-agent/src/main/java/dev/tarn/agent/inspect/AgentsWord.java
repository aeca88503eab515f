package dev.tarn.agent.inspect;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What an agent that runs here says of whether containerd comes to the mirror: it may have seen
 * that it does, or proved that it does not, where files only let one expect it.
 *
 * @param verdict {@code effective}, {@code ineffective} or {@code unknown}
 * @param advice what to change, or what would tell; empty where there is nothing
 */
public record AgentsWord(String verdict, String why, String advice) {
  private static final int TIMEOUT_MILLIS = 1_000;
  private static final int MAX_BYTES = 16 * 1024;

  static final String EFFECTIVE = "effective";
  static final String INEFFECTIVE = "ineffective";
  private static final String UNKNOWN = "unknown";

  /** Asks whoever listens there; empty where that is no agent. */
  static Optional<AgentsWord> ask(InetSocketAddress address) {
    try (Socket socket = new Socket()) {
      socket.connect(address, TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket
          .getOutputStream()
          .write("GET /verdict HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      byte[] answer = socket.getInputStream().readNBytes(MAX_BYTES);
      return parse(new String(answer, StandardCharsets.UTF_8));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<AgentsWord> parse(String answer) {
    int end = answer.indexOf("\r\n\r\n");
    if (end < 0 || !answer.startsWith("HTTP/1.1 200 ")) {
      return Optional.empty();
    }
    String[] lines = answer.substring(end + 4).split("\n", -1);
    String word = lines[0];
    if (lines.length < 3
        || !(word.equals(EFFECTIVE) || word.equals(INEFFECTIVE) || word.equals(UNKNOWN))) {
      return Optional.empty();
    }
    return Optional.of(new AgentsWord(word, lines[1], lines[2]));
  }
}
