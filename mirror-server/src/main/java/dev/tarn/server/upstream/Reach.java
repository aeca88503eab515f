package dev.tarn.server.upstream;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;

/** At which addresses an origin may be; asked for each that is dialled, after DNS. */
public sealed interface Reach {
  /** At any: it stands in Tarn's own configuration. */
  Reach ANYWHERE = new Anywhere();

  /** See {@link #ANYWHERE}. */
  record Anywhere() implements Reach {
    @Override
    public boolean permits(String host, InetAddress address, int port) {
      return true;
    }
  }

  /**
   * For what was found on the node: at public and private ones, and on this machine's loopback
   * where the URL itself says so, since then it was root who meant it, and not whoever answers for
   * a name. Not where clouds keep their metadata, and not where this mirror itself listens.
   *
   * @param pseudonym by which this mirror is known to those that it asks, so that what comes back
   *     to it by way of others can be told
   */
  record BeyondTheMirror(int mirrorPort, String pseudonym) implements Reach {
    @Override
    public boolean permits(String host, InetAddress address, int port) {
      return switch (AddressClass.of(address)) {
        case PUBLIC, PRIVATE -> port != mirrorPort || !isOfThisMachine(address);
        case LOOPBACK -> port != mirrorPort && address.isLoopbackAddress() && saysLoopback(host);
        case LINK_LOCAL, RESERVED -> false;
      };
    }

    private static boolean saysLoopback(String host) {
      return host.equals("localhost")
          || Cidr.literal(host).filter(InetAddress::isLoopbackAddress).isPresent();
    }

    private static boolean isOfThisMachine(InetAddress address) {
      try {
        return NetworkInterface.getByInetAddress(address) != null;
      } catch (SocketException _) {
        return true;
      }
    }
  }

  /**
   * Whether an origin may be there.
   *
   * @param host as its URL has it
   */
  boolean permits(String host, InetAddress address, int port);
}
