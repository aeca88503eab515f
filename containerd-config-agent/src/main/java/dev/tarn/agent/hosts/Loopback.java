package dev.tarn.agent.hosts;

/** What containerd takes for this machine itself. */
final class Loopback {
  private Loopback() {}

  /** Whether a host, with or without a port, is this machine. */
  static boolean is(String host) {
    String name = withoutPort(host);
    return name.equals("localhost")
        || name.equals("[::1]")
        || (name.startsWith("127.") && name.chars().allMatch(c -> c == '.' || isDigit(c)));
  }

  /** The port, or nothing. */
  static String port(String host) {
    String name = withoutPort(host);
    return name.length() == host.length() ? "" : host.substring(name.length() + 1);
  }

  private static String withoutPort(String host) {
    int colon = host.lastIndexOf(':');
    return colon < 0 || host.endsWith("]") ? host : host.substring(0, colon);
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }
}
