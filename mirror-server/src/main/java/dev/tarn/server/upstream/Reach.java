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
    public boolean permits(InetAddress address, int port) {
      return true;
    }
  }

  /**
   * At public and private ones, but not on this machine's loopback, where anybody can listen, not
   * where clouds keep their metadata, and not where this mirror itself listens. For what was found
   * on the node.
   */
  record BeyondTheMirror(int mirrorPort) implements Reach {
    @Override
    public boolean permits(InetAddress address, int port) {
      return switch (AddressClass.of(address)) {
        case PUBLIC, PRIVATE -> port != mirrorPort || !isOfThisMachine(address);
        case LOOPBACK, LINK_LOCAL, RESERVED -> false;
      };
    }

    private static boolean isOfThisMachine(InetAddress address) {
      try {
        return NetworkInterface.getByInetAddress(address) != null;
      } catch (SocketException _) {
        return true;
      }
    }
  }

  boolean permits(InetAddress address, int port);
}
