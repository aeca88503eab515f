package dev.tarn.server.credentials;

import java.util.List;

/** Takes a host with an optional port apart. */
final class HostLabels {
  private HostLabels() {}

  /** The labels of the host; an address in brackets is one label. */
  static List<String> of(String authority) {
    String host = authority.substring(0, end(authority));
    return host.startsWith("[") ? List.of(host) : List.of(host.split("\\.", -1));
  }

  /** The port, or an empty string. */
  static String port(String authority) {
    int end = end(authority);
    return end == authority.length() ? "" : authority.substring(end + 1);
  }

  private static int end(String authority) {
    int colon = authority.indexOf(':', Math.max(0, authority.lastIndexOf(']')));
    return colon < 0 ? authority.length() : colon;
  }
}
