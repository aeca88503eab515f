package dev.tarn.agent.mirror;

import dev.tarn.agent.mirror.Exchange.Outcome;
import dev.tarn.core.name.RegistryHost;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Asks the mirror how it is, and tells it how it stands with the entries. Who answers has to show
 * that he knows the secret, for a question that was never asked before. Blocks, for a limited time.
 */
public final class Mirror {
  private static final int CHALLENGE_BYTES = 32;
  private static final int MAX_REPORT_BYTES = 64 * 1024;
  private static final int MAX_LINES = 4096;
  private static final int MAX_USER_AGENT = 128;
  private static final int MAX_CANARIES = 64;
  private static final int MAX_CANARY_NAME = 64;
  private static final int MAX_CANARY_LINE = MAX_CANARY_NAME + 20;
  private static final int UNAUTHORIZED = 401;

  private final String address;
  private final SharedDirectory directory;
  private final SecureRandom random;
  private final Exchange exchange;

  /**
   * The mirror at an address.
   *
   * @param address as containerd is told it, such as {@code 127.0.0.1:5050}: proofs are for it
   *     alone
   * @param socketAddress the same
   * @param timeout for one question
   */
  public Mirror(
      String address,
      InetSocketAddress socketAddress,
      SharedDirectory directory,
      SecureRandom random,
      Duration timeout) {
    this.address = address;
    this.directory = directory;
    this.random = random;
    this.exchange = new Exchange(socketAddress, timeout);
  }

  /**
   * Asks.
   *
   * @param entries how many stand on the node now
   * @param metrics in Prometheus' text format; whole lines that would not fit are left out
   */
  public Answer ask(int entries, String metrics) {
    byte[] secret;
    try {
      secret = directory.secret();
    } catch (IOException e) {
      return new Answer.Silent("no secret: " + e);
    }
    byte[] random32 = new byte[CHALLENGE_BYTES];
    random.nextBytes(random32);
    String challenge = Base64.getUrlEncoder().withoutPadding().encodeToString(random32);
    byte[] body = report(entries, metrics);
    String proof = Proof.of(Proof.AGENT, secret, address, challenge, body);
    return switch (exchange.post("/tarn/v1/agent?challenge=" + challenge, proof, body)) {
      case Outcome.Nothing(String why) -> new Answer.Silent(why);
      case Outcome.Nonsense(String why) -> new Answer.Stranger(why);
      case Outcome.Answered answered -> judge(answered, secret, challenge);
    };
  }

  private Answer judge(Outcome.Answered answered, byte[] secret, String challenge) {
    int status = answered.status();
    if (status == UNAUTHORIZED) {
      // Also who asks for a password says so: whatever containerd brings would be his.
      return new Answer.Stranger("it does not know our secret (401)");
    }
    if (status == 408 || status == 429 || status >= 500) {
      return new Answer.Silent("it answers " + status);
    }
    String shown = answered.proof();
    if (shown == null) {
      return new Answer.Stranger("no proof (" + status + ")");
    }
    String wanted = Proof.of(Proof.NODE, secret, address, challenge, answered.body());
    if (!Proof.equal(wanted, shown)) {
      return new Answer.Stranger("a wrong proof (" + status + ")");
    }
    return status == 200
        ? parse(new String(answered.body(), StandardCharsets.UTF_8))
        : new Answer.Silent("it answers " + status);
  }

  /** Lines of kinds that are not known are of a later version. */
  private static Answer parse(String body) {
    Optional<Answer.State> state = Optional.empty();
    List<Seen> seen = new ArrayList<>();
    List<String> canaries = new ArrayList<>();
    int at = 0;
    for (int line = 0; at < body.length() && line < MAX_LINES; line++) {
      int newline = body.indexOf('\n', at);
      int end = newline < 0 ? body.length() : newline;
      String text = body.substring(at, end).strip();
      at = end + 1;
      if (text.startsWith("state ")) {
        state =
            switch (text.substring("state ".length())) {
              case "ready" -> Optional.of(Answer.State.READY);
              case "starting" -> Optional.of(Answer.State.STARTING);
              case "draining" -> Optional.of(Answer.State.DRAINING);
              default -> Optional.empty();
            };
      } else if (text.startsWith("seen ")) {
        seen(text.substring("seen ".length())).ifPresent(seen::add);
      } else if (text.startsWith("canary ") && canaries.size() < MAX_CANARIES) {
        canary(text.substring("canary ".length())).ifPresent(canaries::add);
      }
    }
    return state.isPresent()
        ? new Answer.Proven(state.get(), seen, canaries)
        : new Answer.Silent("it does not say how it is");
  }

  private static Optional<Seen> seen(String text) {
    String[] words = text.split(" ", 4);
    if (words.length < 3) {
      return Optional.empty();
    }
    try {
      long count = Long.parseLong(words[1]);
      long seconds = Long.parseLong(words[2]);
      String userAgent = words.length > 3 ? printable(words[3]) : "";
      return count < 0 || seconds < 0
          ? Optional.empty()
          : RegistryHost.parse(words[0])
              .map(registry -> new Seen(registry, count, seconds, userAgent));
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  /** A repository, and how many seconds ago it was asked for. */
  private static Optional<String> canary(String text) {
    int space = text.indexOf(' ');
    if (space <= 0 || space > MAX_CANARY_NAME || text.length() > MAX_CANARY_LINE) {
      return Optional.empty();
    }
    for (int i = 0; i < space; i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return Optional.empty();
      }
    }
    for (int i = space + 1; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return Optional.empty();
      }
    }
    return space + 1 < text.length() ? Optional.of(text.substring(0, space)) : Optional.empty();
  }

  private static String printable(String text) {
    StringBuilder printable = new StringBuilder();
    for (int i = 0; i < Math.min(text.length(), MAX_USER_AGENT); i++) {
      char c = text.charAt(i);
      printable.append(c < ' ' || c > '~' ? '?' : c);
    }
    return printable.toString();
  }

  private static byte[] report(int entries, String metrics) {
    byte[] whole = ("entries " + entries + "\n" + metrics).getBytes(StandardCharsets.UTF_8);
    if (whole.length <= MAX_REPORT_BYTES) {
      return whole;
    }
    int end = MAX_REPORT_BYTES;
    while (whole[end - 1] != '\n') {
      end--;
    }
    byte[] cut = new byte[end];
    System.arraycopy(whole, 0, cut, 0, end);
    return cut;
  }
}
