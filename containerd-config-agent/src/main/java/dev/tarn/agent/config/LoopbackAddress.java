package dev.tarn.agent.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * An address of the loopback interface, as a literal, and a port: the agent speaks to nobody else.
 *
 * @param host {@code 127.0.0.1}, another of that network, or {@code ::1}
 */
public record LoopbackAddress(String host, int port) {
  private static final int MAX_LENGTH = 32;

  /** What {@code text} names, such as {@code 127.0.0.1:5053} or {@code [::1]:5053}. */
  public static Optional<LoopbackAddress> parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0 || text.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    String host = text.substring(0, colon);
    int port = number(text.substring(colon + 1), 65_535);
    if (port < 0) {
      return Optional.empty();
    }
    if (host.equals("[::1]")) {
      return Optional.of(new LoopbackAddress("::1", port));
    }
    return isLoopback(host) ? Optional.of(new LoopbackAddress(host, port)) : Optional.empty();
  }

  private static boolean isLoopback(String host) {
    String[] parts = host.split("\\.", -1);
    if (parts.length != 4 || !parts[0].equals("127")) {
      return false;
    }
    for (String part : parts) {
      if (number(part, 255) < 0) {
        return false;
      }
    }
    return true;
  }

  /** The number, without leading zeros, or -1. */
  private static int number(String text, int most) {
    if (text.isEmpty() || text.length() > 5 || (text.length() > 1 && text.charAt(0) == '0')) {
      return -1;
    }
    int number = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      number = number * 10 + c - '0';
    }
    return number <= most ? number : -1;
  }

  /** No name is resolved: the host is a literal. */
  public InetSocketAddress toSocketAddress() {
    try {
      return new InetSocketAddress(InetAddress.ofLiteral(host), port);
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException("not a literal address: " + host, e);
    }
  }

  @Override
  public String toString() {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }
}
