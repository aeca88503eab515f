package dev.tarn.server.config;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One node of a static list, written {@code zone/node=host:port}. Zone and node may be left out:
 * the zone is then unknown, and the address is the name.
 *
 * @param node its name, the same in the configuration of every node
 * @param zone where it stands, empty where unknown
 */
public record PeerAddress(String node, String zone, ListenAddress address) {
  private static final Pattern TEXT =
      Pattern.compile("(?:(?:([A-Za-z0-9._-]+)/)?([A-Za-z0-9._-]+)=)?([^=/]+)");

  static Optional<PeerAddress> parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String zone = matcher.group(1) == null ? "" : matcher.group(1);
    return Syntax.LISTEN
        .parser()
        .apply(matcher.group(3))
        .filter(address -> address.port() > 0)
        .map(
            address ->
                new PeerAddress(
                    matcher.group(2) == null ? address.toString() : matcher.group(2),
                    zone,
                    address));
  }

  @Override
  public String toString() {
    if (zone.isEmpty() && node.equals(address.toString())) {
      return address.toString();
    }
    return (zone.isEmpty() ? "" : zone + "/") + node + "=" + address;
  }
}
