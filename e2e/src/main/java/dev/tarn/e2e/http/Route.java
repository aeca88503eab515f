package dev.tarn.e2e.http;

import java.net.InetSocketAddress;

/** Where a relay sends a request, and with which head. */
@FunctionalInterface
public interface Route {
  Hop next(Head request);

  /** An origin and what it is asked. */
  record Hop(InetSocketAddress origin, Head request) {}

  static Route to(InetSocketAddress origin) {
    return request -> new Hop(origin, request);
  }
}
