package dev.tarn.server.doctor;

import dev.tarn.server.config.ListenAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;

/** Connects to a port, and hangs up at once. Stateless; blocks. */
final class Dial {
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private Dial() {}

  /** Why no connection comes about; empty where one does. */
  static Optional<String> refusal(String host, int port) {
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(InetAddress.getByName(host), port), (int) TIMEOUT.toMillis());
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(Reason.of(e));
    }
  }

  /** Where something that listens there can be reached from this machine. */
  static String hostOf(ListenAddress address) {
    try {
      return InetAddress.getByName(address.host()).isAnyLocalAddress()
          ? "127.0.0.1"
          : address.host();
    } catch (UnknownHostException _) {
      return address.host();
    }
  }
}
