package dev.tarn.server.config;

import static dev.tarn.server.config.InvalidConfigurationException.require;

import java.net.InetSocketAddress;

/**
 * Where an endpoint listens: an address of this machine, or a name of it, and a port. Port 0 takes
 * any free port.
 *
 * @param host without the brackets that an IPv6 address has in text
 */
public record ListenAddress(String host, int port) {
  public ListenAddress {
    require(!host.isBlank(), "listen", "the host is missing");
    require(port >= 0 && port <= 65_535, "listen", "the port must be between 0 and 65535");
  }

  /** The address to bind; a name is resolved here. */
  public InetSocketAddress toSocketAddress() {
    return new InetSocketAddress(host, port);
  }

  @Override
  public String toString() {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }
}
