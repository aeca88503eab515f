package dev.tarn.agent.hosts;

import dev.tarn.core.name.RegistryHost;

/** The server that containerd asks for a registry where nothing is configured. */
final class OwnHost {
  private OwnHost() {}

  /**
   * Its URL. For a loopback registry containerd tries https and goes on with http; what runs there
   * speaks http, unless it has https's own port or none.
   */
  static String of(RegistryHost registry) {
    String host = registry.value();
    if (registry.equals(RegistryHost.DOCKER_HUB)) {
      return "https://registry-1.docker.io";
    }
    String port = Loopback.port(host);
    boolean http = Loopback.is(host) && !port.isEmpty() && !port.equals("443");
    return (http ? "http://" : "https://") + host;
  }
}
