package dev.tarn.server.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;

/** The name that a node goes by where no source of members gave it one. */
public final class NodeName {
  private NodeName() {}

  /** As {@code peers.node} says, or else the host. */
  public static String of(PeersConfiguration peers, Map<String, String> environment) {
    if (!peers.node().isEmpty()) {
      return peers.node();
    }
    String given = environment.getOrDefault("HOSTNAME", "");
    if (!given.isEmpty()) {
      return given;
    }
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException _) {
      return "localhost";
    }
  }
}
