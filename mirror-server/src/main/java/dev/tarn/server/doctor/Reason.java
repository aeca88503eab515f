package dev.tarn.server.doctor;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;

/** Why there was no answer, in words. */
final class Reason {
  private Reason() {}

  static String of(IOException failure) {
    return switch (failure) {
      case UnknownHostException _ -> "The name " + failure.getMessage() + " has no address";
      case SocketTimeoutException _ -> "Nothing came in time";
      case NoRouteToHostException _ -> "There is no route to it";
      case ConnectException _ -> "The connection was refused";
      case SSLException _ -> "TLS failed: " + failure.getMessage();
      default -> "It failed: " + failure;
    };
  }
}
