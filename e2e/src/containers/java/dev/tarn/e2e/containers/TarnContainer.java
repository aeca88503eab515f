package dev.tarn.e2e.containers;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.model.AccessMode;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.MemoryStatsConfig;
import com.github.dockerjava.api.model.Statistics;
import com.github.dockerjava.api.model.StatsConfig;
import com.github.dockerjava.api.model.Volume;
import dev.tarn.e2e.http.Fetch;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;
import org.testcontainers.containers.startupcheck.StartupCheckStrategy;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerStatus;

/**
 * A container of the image with what the chart's pod leaves it: a read-only root file system, no
 * privileges to gain, no capability that is not named, and a limit to its memory.
 */
final class TarnContainer extends GenericContainer<TarnContainer> {
  static final int REGISTRY_PORT = 5050;
  static final int PEER_PORT = 5051;
  static final int ADMIN_PORT = 5052;
  static final String CONFIGURATION = "/etc/tarn";
  static final String CACHE = "/var/lib/tarn";

  /** What the chart gives the server, and its tools. */
  private static final long SERVER_BYTES = 384L << 20;

  private static final long TOOL_BYTES = 192L << 20;
  /**
   * Least, usual and most bytes that a socket holds. Where nothing limits a network but processors,
   * most of a blob may be on its way when its stream is ended, which the sender counts as sent.
   */
  static final String SOCKET_BUFFER = "4096 131072 1048576";

  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private TarnContainer(long memoryBytes, List<Bind> binds, Capability... capabilities) {
    super(Docker.TARN);
    // Ends at once where what was learnt cannot be used.
    withEnv("JDK_JAVA_OPTIONS", "-XX:AOTMode=on");
    withEnv("MALLOC_ARENA_MAX", "2");
    withCreateContainerCmdModifier(
        create -> {
          HostConfig host = Objects.requireNonNull(create.getHostConfig());
          host.withReadonlyRootfs(true)
              .withCapDrop(Capability.ALL)
              .withCapAdd(capabilities)
              .withSecurityOpts(List.of("no-new-privileges"))
              .withMemory(memoryBytes)
              .withMemorySwap(memoryBytes)
              .withSysctls(Map.of("net.ipv4.tcp_rmem", SOCKET_BUFFER))
              .withBinds(binds);
        });
    withLogConsumer(frame -> System.out.print(name() + " " + frame.getUtf8String()));
  }

  private String name() {
    return getNetworkAliases().getLast();
  }

  /** A server that is started by the image's own entry point. */
  static TarnContainer server(Network network, String name, Path configuration, String cache) {
    TarnContainer server =
        new TarnContainer(
            SERVER_BYTES,
            List.of(
                new Bind(configuration.toString(), new Volume(CONFIGURATION), AccessMode.ro),
                new Bind(cache, new Volume(CACHE))));
    return server
        .withNetwork(network)
        .withNetworkAliases(name)
        .withCommand("serve", "--config", CONFIGURATION + "/tarn.yaml")
        .withExposedPorts(REGISTRY_PORT, ADMIN_PORT)
        .waitingFor(
            Wait.forHttp("/readyz").forPort(ADMIN_PORT).withStartupTimeout(START_LIMIT));
  }

  /** The image as it is, with arguments or none, to its end. */
  static TarnContainer once(Network network, String... arguments) {
    return new TarnContainer(TOOL_BYTES, List.of())
        .withNetwork(network)
        .withCommand(arguments)
        .withStartupCheckStrategy(new IsOver().withTimeout(START_LIMIT));
  }

  /** With whatever status. */
  private static final class IsOver extends StartupCheckStrategy {
    @Override
    public StartupStatus checkStartupState(DockerClient client, String id) {
      return DockerStatus.isContainerStopped(getCurrentState(client, id))
          ? StartupStatus.SUCCESSFUL
          : StartupStatus.NOT_YET_KNOWN;
    }
  }

  /** What the chart's init container does with a cache that is root's. */
  static void prepare(Network network, String cache) {
    Bind bind = new Bind(cache, new Volume(CACHE));
    try (TarnContainer tool = new TarnContainer(TOOL_BYTES, List.of(bind), Capability.CHOWN)) {
      tool.withNetwork(network)
          .withCreateContainerCmdModifier(
              create ->
                  create
                      .withUser("0:0")
                      .withEntrypoint("/opt/java/bin/java", "@/opt/tarn/tool.args"))
          .withCommand("prepare-cache", "--owner", "65532:65532", CACHE)
          .withStartupCheckStrategy(new OneShotStartupCheckStrategy().withTimeout(START_LIMIT))
          .start();
    }
  }

  /** Where clients of this node ask. */
  URI registry() {
    return at(REGISTRY_PORT, "");
  }

  String metrics() throws IOException {
    return Fetch.text(at(ADMIN_PORT, "/metrics"));
  }

  URI at(int port, String path) {
    return URI.create("http://" + getHost() + ":" + getMappedPort(port) + path);
  }

  /** What it takes of its limit, without the files that the kernel keeps for it meanwhile. */
  long memoryBytes() throws InterruptedException {
    AtomicReference<Statistics> read = new AtomicReference<>();
    getDockerClient()
        .statsCmd(getContainerId())
        .withNoStream(true)
        .exec(
            new ResultCallback.Adapter<Statistics>() {
              @Override
              public void onNext(Statistics statistics) {
                read.set(statistics);
              }
            })
        .awaitCompletion();
    MemoryStatsConfig memory = Objects.requireNonNull(read.get().getMemoryStats());
    StatsConfig parts = Objects.requireNonNull(memory.getStats());
    return Objects.requireNonNull(memory.getUsage())
        - Objects.requireNonNull(parts.getActiveFile())
        - Objects.requireNonNull(parts.getInactiveFile());
  }

  /** What Docker says of it now. */
  ContainerState state() {
    return getDockerClient().inspectContainerCmd(getContainerId()).exec().getState();
  }
}
