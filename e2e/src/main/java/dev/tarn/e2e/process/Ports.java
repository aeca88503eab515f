package dev.tarn.e2e.process;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Addresses of this machine, and free ports of the loopback address, below those that outgoing
 * connections are given.
 */
public final class Ports {
  private static final int FIRST = 18_000;
  private static final int LAST = 31_999;
  private static final AtomicInteger NEXT =
      new AtomicInteger(FIRST + (int) (ProcessHandle.current().pid() * 37 % (LAST - FIRST)));

  private Ports() {}

  /** A port that nobody listens on, given to nobody else by this process for a long while. */
  public static int free() {
    for (int tries = 0; tries < LAST - FIRST; tries++) {
      int port = NEXT.updateAndGet(p -> p >= LAST ? FIRST : p + 1);
      if (isFree(port)) {
        return port;
      }
    }
    throw new IllegalStateException("no free port between " + FIRST + " and " + LAST);
  }

  /** An address of this machine besides loopback. */
  public static Optional<InetAddress> ownAddress() {
    try {
      return NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
          .filter(address -> !address.isLinkLocalAddress())
          .findFirst();
    } catch (IOException unknown) {
      return Optional.empty();
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException taken) {
      return false;
    }
  }
}
