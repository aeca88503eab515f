package dev.tarn.server.peer;

import java.net.InetAddress;
import java.util.Optional;

/** A host and a port, as a member's address spells them. Immutable. */
record PeerAddress(String host, int port) {
  private static final int MAX_PORT = 65_535;

  /** The address that {@code host:port} or {@code [host]:port} spells, or empty. */
  static Optional<PeerAddress> parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon <= 0 || colon + 6 < text.length()) {
      return Optional.empty();
    }
    String port = text.substring(colon + 1);
    String host = text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    if (host.isEmpty() || port.isEmpty() || !port.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Optional.empty();
    }
    int number = Integer.parseInt(port);
    return number > 0 && number <= MAX_PORT
        ? Optional.of(new PeerAddress(host, number))
        : Optional.empty();
  }

  /** The address where it is one, which needs nobody to look it up. */
  Optional<InetAddress> literal() {
    try {
      return Optional.of(InetAddress.ofLiteral(host));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
