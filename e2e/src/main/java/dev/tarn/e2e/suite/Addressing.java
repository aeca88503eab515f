package dev.tarn.e2e.suite;

import dev.tarn.e2e.http.Head;
import dev.tarn.e2e.http.Route;
import java.net.InetSocketAddress;

/** The two ways to tell Tarn which registry is meant. */
enum Addressing {
  PATH_PREFIX("by path prefix") {
    @Override
    String rewrite(String target) {
      String prefix = "/v2/" + Bench.REGISTRY + "/";
      boolean plain = target.equals("/v2/") || target.startsWith(prefix);
      return plain ? target : prefix + target.substring("/v2/".length());
    }
  },
  NS_PARAMETER("by ?ns=") {
    @Override
    String rewrite(String target) {
      if (target.equals("/v2/") || target.contains("ns=")) {
        return target;
      }
      return target + (target.contains("?") ? "&" : "?") + "ns=" + Bench.REGISTRY;
    }
  };

  private final String title;

  Addressing(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }

  /** The target as Tarn is to see it, where a client knows nothing of Tarn. */
  abstract String rewrite(String target);

  /**
   * Sends what reads content to Tarn, rewritten, and everything else to the registry: to the client
   * the two are one registry.
   */
  Route front(InetSocketAddress tarn, InetSocketAddress registry) {
    return request ->
        reads(request)
            ? new Route.Hop(tarn, request.withTarget(rewrite(request.target())))
            : new Route.Hop(registry, request);
  }

  private static boolean reads(Head request) {
    boolean read = request.method().equals("GET") || request.method().equals("HEAD");
    return read
        && request.target().startsWith("/v2/")
        && !request.target().contains("/blobs/uploads/");
  }
}
