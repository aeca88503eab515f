package dev.tarn.server.membership;

import java.net.InetAddress;

/** Host and port as the address of a member has them in text. */
public final class HostPort {
  private HostPort() {}

  /** {@code host}, in brackets where it is an IPv6 address, with {@code port}. */
  public static String of(String host, int port) {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }

  /** The host of {@code address}, without brackets. */
  public static String hostOf(String address) {
    int colon = address.lastIndexOf(':');
    return address.startsWith("[") ? address.substring(1, colon - 1) : address.substring(0, colon);
  }

  /** The port of {@code address}. */
  public static int portOf(String address) {
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  /** {@code host} as {@link #text} writes it, where it is an address; else as it is. */
  static String canonical(String host) {
    try {
      return text(InetAddress.ofLiteral(host));
    } catch (IllegalArgumentException _) {
      return host;
    }
  }

  /** {@code address} without the interface that a link-local one has in Java's text. */
  static String text(InetAddress address) {
    String text = address.getHostAddress();
    int scope = text.indexOf('%');
    return scope < 0 ? text : text.substring(0, scope);
  }
}
