package dev.tarn.e2e.containers;

import dev.tarn.e2e.cluster.Puller;
import java.net.URI;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.Transferable;

/** Debian's docker-registry, which writes down what it sends to whom. */
final class RegistryContainer extends GenericContainer<RegistryContainer> {
  static final String NAME = "registry";
  static final int PORT = 5000;

  /** A line of its access log: path, status, bytes, and who asked. */
  private static final Pattern SENT =
      Pattern.compile(
          "\"GET /v2/\\S+/blobs/(\\S+) HTTP/1.1\" (?:200|206) (\\d+) \"[^\"]*\" \"([^\"]*)\"");

  RegistryContainer(Network network) {
    super(Docker.REGISTRY);
    withNetwork(network);
    withNetworkAliases(NAME);
    withExposedPorts(PORT);
    withCopyToContainer(
        Transferable.of(
            """
            version: 0.1
            log:
              level: warn
            storage:
              filesystem:
                rootdirectory: /registry
            http:
              addr: :%d
              relativeurls: true
            """
                .formatted(PORT)),
        "/registry.yml");
    withCreateContainerCmdModifier(
        create ->
            Objects.requireNonNull(create.getHostConfig())
                .withSysctls(Map.of("net.ipv4.tcp_wmem", TarnContainer.SOCKET_BUFFER)));
    withCommand("docker-registry", "serve", "/registry.yml");
    waitingFor(Wait.forHttp("/v2/").forPort(PORT));
  }

  URI uri() {
    return URI.create("http://" + getHost() + ":" + getMappedPort(PORT));
  }

  /** How many bytes of each blob it sent nodes so far; what it sent clients does not count. */
  Map<String, Long> sentToNodes() {
    Map<String, Long> bytes = new TreeMap<>();
    Matcher line = SENT.matcher(getLogs());
    while (line.find()) {
      if (!line.group(3).equals(Puller.AGENT)) {
        bytes.merge(line.group(1), Long.parseLong(line.group(2)), Long::sum);
      }
    }
    return bytes;
  }
}
