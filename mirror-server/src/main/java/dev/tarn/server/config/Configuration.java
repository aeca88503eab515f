package dev.tarn.server.config;

import static dev.tarn.server.config.InvalidConfigurationException.require;

import dev.tarn.core.name.RegistryHost;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Everything that can be configured, with the shape and names that the YAML file has. Immutable.
 *
 * <p>No value of this type is invalid: constructors refuse, and name the path of what is wrong.
 *
 * @param registries the registries that are mirrored, in the order of the file; any other is
 *     answered 404 and never dialled
 */
public record Configuration(
    RegistryEndpoint registry,
    AdminEndpoint admin,
    Store store,
    Containerd containerd,
    Agent agent,
    UpstreamClient upstream,
    PeersConfiguration peers,
    Access access,
    Shutdown shutdown,
    Logging logging,
    Map<RegistryHost, RegistryConfiguration> registries) {

  private static final List<String> DEFAULT_REGISTRIES =
      List.of(
          "docker.io",
          "ghcr.io",
          "quay.io",
          "registry.k8s.io",
          "gcr.io",
          "mcr.microsoft.com",
          "public.ecr.aws");

  static final String NEVER_SERVED =
      "is the name by which the agent sees whether containerd comes here, and is never served";

  public Configuration {
    require(!registries.isEmpty(), "registries", "at least one registry is needed");
    require(
        !registries.containsKey(RegistryHost.CANARY),
        "registries[" + RegistryHost.CANARY + "]",
        NEVER_SERVED);
    registries = Collections.unmodifiableMap(new LinkedHashMap<>(registries));
  }

  /** What applies where nothing is set. */
  public static Configuration defaults() {
    return new Configuration(
        RegistryEndpoint.DEFAULT,
        AdminEndpoint.DEFAULT,
        Store.DEFAULT,
        Containerd.DEFAULT,
        Agent.DEFAULT,
        UpstreamClient.DEFAULT,
        PeersConfiguration.DEFAULT,
        Access.DEFAULT,
        Shutdown.DEFAULT,
        Logging.DEFAULT,
        defaultRegistries());
  }

  static Map<RegistryHost, RegistryConfiguration> defaultRegistries() {
    Map<RegistryHost, RegistryConfiguration> registries = new LinkedHashMap<>();
    for (String name : DEFAULT_REGISTRIES) {
      RegistryHost host = new RegistryHost(name);
      registries.put(host, RegistryConfiguration.standard());
    }
    return registries;
  }

  /**
   * The endpoint that containerd pulls through.
   *
   * @param headerTimeout how long a request may wait for response headers before it is answered 504
   * @param stallTimeout how long a body may make no progress before it is ended
   * @param idleTimeout how long a connection may be idle between requests
   */
  public record RegistryEndpoint(
      ListenAddress listen,
      int maxConnections,
      Duration headerTimeout,
      Duration stallTimeout,
      Duration idleTimeout) {
    static final RegistryEndpoint DEFAULT =
        new RegistryEndpoint(
            new ListenAddress("127.0.0.1", 5050),
            1024,
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(60));

    public RegistryEndpoint {
      require(maxConnections >= 1, "registry.maxConnections", "must be at least 1");
      requirePositive(headerTimeout, "registry.headerTimeout");
      requirePositive(stallTimeout, "registry.stallTimeout");
      requirePositive(idleTimeout, "registry.idleTimeout");
    }
  }

  /**
   * The endpoint for the kubelet, Prometheus and the operator.
   *
   * @param tokenFile the file with the token that whoever has the node act must show; where empty,
   *     nobody can
   */
  public record AdminEndpoint(ListenAddress listen, Optional<Path> tokenFile) {
    static final AdminEndpoint DEFAULT =
        new AdminEndpoint(new ListenAddress("0.0.0.0", 5052), Optional.empty());
  }

  /**
   * Content on this node's disk.
   *
   * @param maxSize bytes that complete content may take; where empty, free space alone decides
   * @param minFree the share of the file system below which the cache shrinks
   * @param reserveFree the share of the file system down to which content in flight may fill it
   * @param partialMaxSize bytes that content which did not arrive whole may take
   * @param partialTtl how long content that did not arrive whole is kept to be resumed
   */
  public record Store(
      Path path,
      OptionalLong maxSize,
      Percent minFree,
      Percent reserveFree,
      long partialMaxSize,
      Duration partialTtl) {
    static final Store DEFAULT =
        new Store(
            Path.of("/var/lib/tarn"),
            OptionalLong.empty(),
            new Percent(20),
            new Percent(16),
            20L << 30,
            Duration.ofHours(24));

    public Store {
      require(maxSize.isEmpty() || maxSize.getAsLong() >= 1, "store.maxSize", "must be at least 1");
      require(
          reserveFree.value() <= minFree.value(),
          "store.reserveFree",
          "must not be more than store.minFree, which is " + minFree);
      require(partialMaxSize >= 0, "store.partialMaxSize", "must not be negative");
      require(!partialTtl.isNegative(), "store.partialTtl", "must not be negative");
    }
  }

  /**
   * The node's containerd.
   *
   * @param contentStore its directory of complete content, which is read and never written; empty
   *     where it is left alone
   */
  public record Containerd(Optional<Path> contentStore) {
    static final Containerd DEFAULT = new Containerd(Optional.empty());

    public Containerd {
      require(
          contentStore.isEmpty() || contentStore.get().isAbsolute(),
          "containerd.contentStore",
          "must be an absolute path");
    }
  }

  /**
   * The containerd-config-agent beside this process.
   *
   * @param directory what the two share; empty where there is no agent
   */
  public record Agent(Optional<Path> directory) {
    static final Agent DEFAULT = new Agent(Optional.empty());

    public Agent {
      require(
          directory.isEmpty() || directory.get().isAbsolute(),
          "agent.directory",
          "must be an absolute path");
    }
  }

  /**
   * How upstream registries are talked to.
   *
   * @param headerTimeout how long an upstream may take to its response headers
   * @param stallTimeout how long a body may make no progress before it is resumed or given up
   * @param retries how often a request that is safe to repeat is repeated after a failure
   * @param clientRate how many requests a second one client may cause at one registry; 0 for no
   *     limit
   * @param clientBurst how many at once after it was quiet
   * @param allowedTargets private addresses, networks or host names that redirects and token
   *     requests may lead to
   * @param ca a PEM file with certificate authorities to trust beside the platform's
   */
  public record UpstreamClient(
      Duration connectTimeout,
      Duration headerTimeout,
      Duration stallTimeout,
      int retries,
      int clientRate,
      int clientBurst,
      List<String> allowedTargets,
      Optional<Path> ca) {
    private static final int MAX_RETRIES = 10;
    private static final int MAX_CLIENT_RATE = 1_000_000;
    static final UpstreamClient DEFAULT =
        new UpstreamClient(
            Duration.ofSeconds(3),
            Duration.ofSeconds(30),
            Duration.ofSeconds(10),
            3,
            50,
            500,
            List.of(),
            Optional.empty());

    public UpstreamClient {
      requirePositive(connectTimeout, "upstream.connectTimeout");
      requirePositive(headerTimeout, "upstream.headerTimeout");
      requirePositive(stallTimeout, "upstream.stallTimeout");
      require(
          retries >= 0 && retries <= MAX_RETRIES,
          "upstream.retries",
          "must be between 0 and " + MAX_RETRIES);
      require(
          clientRate >= 0 && clientRate <= MAX_CLIENT_RATE,
          "upstream.clientRate",
          "must be between 0 and " + MAX_CLIENT_RATE);
      require(
          clientBurst >= 1 && clientBurst <= MAX_CLIENT_RATE,
          "upstream.clientBurst",
          "must be between 1 and " + MAX_CLIENT_RATE);
      allowedTargets = List.copyOf(allowedTargets);
    }
  }

  /**
   * For how long a registry's word on who may read is believed.
   *
   * @param decisionTime while the registry can be asked
   * @param graceTime while it cannot be reached, for names and passwords that it accepted
   */
  public record Access(Duration decisionTime, Duration graceTime) {
    private static final Duration MAX_GRACE = Duration.ofDays(30);
    static final Access DEFAULT = new Access(Duration.ofMinutes(5), Duration.ofHours(24));

    public Access {
      require(!decisionTime.isNegative(), "access.decisionTime", "must not be negative");
      require(
          !graceTime.isNegative() && graceTime.compareTo(MAX_GRACE) <= 0,
          "access.graceTime",
          "must be between 0s and " + MAX_GRACE.toHours() + "h");
    }
  }

  /**
   * How the process ends.
   *
   * @param agentTimeout how long the agent may take to lead containerd elsewhere before that
   * @param drainTimeout how long answers that have begun may go on
   */
  public record Shutdown(Duration agentTimeout, Duration drainTimeout) {
    static final Shutdown DEFAULT = new Shutdown(Duration.ofSeconds(5), Duration.ofSeconds(20));

    public Shutdown {
      require(!agentTimeout.isNegative(), "shutdown.agentTimeout", "must not be negative");
      require(!drainTimeout.isNegative(), "shutdown.drainTimeout", "must not be negative");
    }
  }

  /** What is logged, and how. */
  public record Logging(LogLevel level, LogFormat format) {
    static final Logging DEFAULT = new Logging(LogLevel.INFO, LogFormat.TEXT);
  }

  private static void requirePositive(Duration duration, String path) {
    require(duration.isPositive(), path, "must be more than 0s");
  }
}
