package dev.tarn.server.config;

import dev.tarn.core.name.RegistryHost;
import dev.tarn.server.config.InvalidConfigurationException.Problem;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads the configuration: the environment goes before the file, the file before the defaults. Runs
 * on the main thread, before anything else is started.
 */
public final class ConfigurationLoader {
  private static final long MAX_FILE_BYTES = 1L << 20;

  private ConfigurationLoader() {}

  /**
   * The configuration of {@code file} and {@code environment}.
   *
   * @throws InvalidConfigurationException with everything that is wrong, or where the file cannot
   *     be read
   */
  public static Configuration load(Path file, Map<String, String> environment) {
    return parse(read(file), environment);
  }

  /** The defaults, with what {@code environment} overrides. */
  public static Configuration withoutFile(Map<String, String> environment) {
    return bind(new Yaml.Empty(1), environment);
  }

  /** The configuration that {@code yaml} and {@code environment} spell. */
  public static Configuration parse(String yaml, Map<String, String> environment) {
    return bind(Yaml.parse(yaml), environment);
  }

  private static String read(Path file) {
    String reason;
    try {
      if (Files.size(file) <= MAX_FILE_BYTES) {
        return Files.readString(file);
      }
      reason = "is larger than 1 MiB";
    } catch (NoSuchFileException _) {
      reason = "does not exist";
    } catch (CharacterCodingException _) {
      reason = "is not UTF-8 text";
    } catch (IOException e) {
      reason = "cannot be read: " + e;
    }
    throw new InvalidConfigurationException(
        List.of(new Problem("", "", "the file " + file + " " + reason)));
  }

  private static Configuration bind(Yaml.Node document, Map<String, String> variables) {
    Environment environment = new Environment(variables);
    Section.Context context = new Section.Context(environment);
    Section root = Section.root(context, document);
    Configuration configuration =
        new Configuration(
            registryEndpoint(root.section("registry")),
            adminEndpoint(root.section("admin")),
            store(root.section("store")),
            containerd(root.section("containerd")),
            agent(root.section("agent")),
            upstreamClient(root.section("upstream")),
            peers(root.section("peers")),
            access(root.section("access")),
            shutdown(root.section("shutdown")),
            logging(root.section("logging")),
            registries(root));
    root.end();
    context.problems().addAll(environment.unknown());
    if (!context.problems().isEmpty()) {
      throw new InvalidConfigurationException(context.problems());
    }
    return configuration;
  }

  private static Configuration.RegistryEndpoint registryEndpoint(Section section) {
    Configuration.RegistryEndpoint defaults = Configuration.RegistryEndpoint.DEFAULT;
    var listen = section.value("listen", Syntax.LISTEN, defaults.listen());
    var maxConnections = section.value("maxConnections", Syntax.COUNT, defaults.maxConnections());
    var headerTimeout = section.value("headerTimeout", Syntax.DURATION, defaults.headerTimeout());
    var stallTimeout = section.value("stallTimeout", Syntax.DURATION, defaults.stallTimeout());
    var idleTimeout = section.value("idleTimeout", Syntax.DURATION, defaults.idleTimeout());
    section.end();
    return section.build(
        () ->
            new Configuration.RegistryEndpoint(
                listen, maxConnections, headerTimeout, stallTimeout, idleTimeout),
        defaults);
  }

  private static Configuration.AdminEndpoint adminEndpoint(Section section) {
    Configuration.AdminEndpoint defaults = Configuration.AdminEndpoint.DEFAULT;
    var listen = section.value("listen", Syntax.LISTEN, defaults.listen());
    var tokenFile = section.value("tokenFile", Syntax.PATH_IF_ANY, defaults.tokenFile());
    section.end();
    return new Configuration.AdminEndpoint(listen, tokenFile);
  }

  private static Configuration.Store store(Section section) {
    Configuration.Store defaults = Configuration.Store.DEFAULT;
    var path = section.value("path", Syntax.PATH, defaults.path());
    Optional<Long> maxSize = section.value("maxSize", Syntax.SIZE);
    var minFree = section.value("minFree", Syntax.PERCENT, defaults.minFree());
    var reserveFree = section.value("reserveFree", Syntax.PERCENT, defaults.reserveFree());
    long partialMaxSize = section.value("partialMaxSize", Syntax.SIZE, defaults.partialMaxSize());
    var partialTtl = section.value("partialTtl", Syntax.DURATION, defaults.partialTtl());
    section.end();
    return section.build(
        () ->
            new Configuration.Store(
                path,
                maxSize.map(OptionalLong::of).orElse(defaults.maxSize()),
                minFree,
                reserveFree,
                partialMaxSize,
                partialTtl),
        defaults);
  }

  private static Configuration.Containerd containerd(Section section) {
    Configuration.Containerd defaults = Configuration.Containerd.DEFAULT;
    var contentStore = section.value("contentStore", Syntax.PATH_IF_ANY, defaults.contentStore());
    section.end();
    return section.build(() -> new Configuration.Containerd(contentStore), defaults);
  }

  private static Configuration.Agent agent(Section section) {
    Configuration.Agent defaults = Configuration.Agent.DEFAULT;
    var directory = section.value("directory", Syntax.PATH_IF_ANY, defaults.directory());
    section.end();
    return section.build(() -> new Configuration.Agent(directory), defaults);
  }

  private static Configuration.Access access(Section section) {
    Configuration.Access defaults = Configuration.Access.DEFAULT;
    var decisionTime = section.value("decisionTime", Syntax.DURATION, defaults.decisionTime());
    var graceTime = section.value("graceTime", Syntax.DURATION, defaults.graceTime());
    section.end();
    return section.build(() -> new Configuration.Access(decisionTime, graceTime), defaults);
  }

  private static Configuration.UpstreamClient upstreamClient(Section section) {
    Configuration.UpstreamClient defaults = Configuration.UpstreamClient.DEFAULT;
    var connectTimeout =
        section.value("connectTimeout", Syntax.DURATION, defaults.connectTimeout());
    var headerTimeout = section.value("headerTimeout", Syntax.DURATION, defaults.headerTimeout());
    var stallTimeout = section.value("stallTimeout", Syntax.DURATION, defaults.stallTimeout());
    var retries = section.value("retries", Syntax.COUNT, defaults.retries());
    var clientRate = section.value("clientRate", Syntax.COUNT, defaults.clientRate());
    var clientBurst = section.value("clientBurst", Syntax.COUNT, defaults.clientBurst());
    var allowedTargets = section.values("allowedTargets", Syntax.TARGET, defaults.allowedTargets());
    var ca = section.value("ca", Syntax.PATH_IF_ANY, defaults.ca());
    section.end();
    return section.build(
        () ->
            new Configuration.UpstreamClient(
                connectTimeout,
                headerTimeout,
                stallTimeout,
                retries,
                clientRate,
                clientBurst,
                allowedTargets,
                ca),
        defaults);
  }

  private static PeersConfiguration peers(Section section) {
    PeersConfiguration defaults = PeersConfiguration.DEFAULT;
    var mode = section.value("mode", Syntax.PEER_MODE, defaults.mode());
    var listen = section.value("listen", Syntax.LISTEN, defaults.listen());
    var node = section.value("node", Syntax.NAME, defaults.node());
    var zone = section.value("zone", Syntax.NAME, defaults.zone());
    var members = section.values("members", Syntax.PEER, defaults.members());
    var dnsName = section.value("dnsName", Syntax.NAME, defaults.dnsName());
    var dnsPeriod = section.value("dnsPeriod", Syntax.DURATION, defaults.dnsPeriod());
    var namespace = section.value("namespace", Syntax.NAME, defaults.namespace());
    var service = section.value("service", Syntax.NAME, defaults.service());
    var serviceAccount = section.value("serviceAccount", Syntax.PATH, defaults.serviceAccount());
    var apiServer = section.value("apiServer", Syntax.URL_IF_ANY, defaults.apiServer());
    var tls = peerTls(section.section("tls"));
    var plainHttp = section.value("plainHttp", Syntax.BOOLEAN, defaults.plainHttp());
    PeersConfiguration.Limits limits = defaults.limits();
    var maxUploads = section.value("maxUploads", Syntax.COUNT, limits.maxUploads());
    var upload = section.value("uploadBandwidth", Syntax.SIZE, limits.uploadBandwidth());
    var download = section.value("downloadBandwidth", Syntax.SIZE, limits.downloadBandwidth());
    var word = section.value("wordInOutage", Syntax.BOOLEAN, defaults.wordInOutage());
    section.end();
    return section.build(
        () ->
            new PeersConfiguration(
                mode,
                listen,
                node,
                zone,
                members,
                dnsName,
                dnsPeriod,
                namespace,
                service,
                serviceAccount,
                apiServer,
                tls,
                plainHttp,
                new PeersConfiguration.Limits(maxUploads, upload, download),
                word),
        defaults);
  }

  private static Optional<PeersConfiguration.Tls> peerTls(Section section) {
    var certificate = section.value("certificate", Syntax.PATH);
    var key = section.value("key", Syntax.PATH);
    var ca = section.value("ca", Syntax.PATH);
    section.end();
    if (certificate.isEmpty() && key.isEmpty() && ca.isEmpty()) {
      return Optional.empty();
    }
    if (certificate.isEmpty() || key.isEmpty() || ca.isEmpty()) {
      section.problem("certificate, key and ca are needed together");
      return Optional.empty();
    }
    return Optional.of(new PeersConfiguration.Tls(certificate.get(), key.get(), ca.get()));
  }

  private static Configuration.Shutdown shutdown(Section section) {
    Configuration.Shutdown defaults = Configuration.Shutdown.DEFAULT;
    var agentTimeout = section.value("agentTimeout", Syntax.DURATION, defaults.agentTimeout());
    var drainTimeout = section.value("drainTimeout", Syntax.DURATION, defaults.drainTimeout());
    section.end();
    return section.build(() -> new Configuration.Shutdown(agentTimeout, drainTimeout), defaults);
  }

  private static Configuration.Logging logging(Section section) {
    Configuration.Logging defaults = Configuration.Logging.DEFAULT;
    var level = section.value("level", Syntax.LOG_LEVEL, defaults.level());
    var format = section.value("format", Syntax.LOG_FORMAT, defaults.format());
    section.end();
    return new Configuration.Logging(level, format);
  }

  private static Map<RegistryHost, RegistryConfiguration> registries(Section root) {
    Map<String, Section> given = root.children("registries");
    if (given == null) {
      return Configuration.defaultRegistries();
    }
    Map<RegistryHost, RegistryConfiguration> registries = new LinkedHashMap<>();
    given.forEach(
        (name, section) -> {
          Optional<RegistryHost> host = RegistryHost.parse(name);
          if (host.isEmpty()) {
            section.problem("expected a registry's host, with a port where it has one");
            return;
          }
          RegistryConfiguration registry = registry(section);
          if (host.get().equals(RegistryHost.CANARY)) {
            section.problem(Configuration.NEVER_SERVED);
            return;
          }
          if (registry.upstreams().isEmpty() && !RegistryConfiguration.hasUrl(host.get())) {
            section.problem("no URL can be made of this name: upstreams are needed");
            return;
          }
          if (registries.putIfAbsent(host.get(), registry) != null) {
            section.problem("is another name of " + host.get() + ", which is given already");
          }
        });
    if (given.isEmpty()) {
      root.problemAt("registries", "at least one registry is needed");
    }
    return registries.isEmpty() ? Configuration.defaultRegistries() : registries;
  }

  private static RegistryConfiguration registry(Section section) {
    RegistryConfiguration defaults = RegistryConfiguration.standard();
    Optional<List<UpstreamConfiguration>> upstreams =
        section.sectionsIfAny("upstreams", ConfigurationLoader::upstream);
    var maxAge = section.value("maxAge", Syntax.DURATION, defaults.maxAge());
    var immutableTags =
        section.values("immutableTags", Syntax.TAG_PATTERN, defaults.immutableTags());
    List<RepositoryRule> repositories =
        section.sections("repositories", ConfigurationLoader::rule, defaults.repositories());
    var credentials = credentials(section.section("credentials"));
    var shared = section.value("shared", Syntax.BOOLEAN, defaults.shared());
    var tokenRelay = section.value("tokenRelay", Syntax.BOOLEAN, defaults.tokenRelay());
    var onUpstreamFailure =
        section.value("onUpstreamFailure", Syntax.OUTAGE_POLICY, defaults.onUpstreamFailure());
    section.end();
    return section.build(
        () ->
            new RegistryConfiguration(
                upstreams,
                maxAge,
                immutableTags,
                repositories,
                credentials,
                shared,
                tokenRelay,
                onUpstreamFailure),
        defaults);
  }

  private static CredentialsConfiguration credentials(Section section) {
    var dockerConfig = section.value("dockerConfig", Syntax.PATH);
    var providerConfig = section.value("providerConfig", Syntax.PATH);
    var providerBinDir = section.value("providerBinDir", Syntax.PATH);
    var tokenRealms = section.values("tokenRealms", Syntax.HOST, List.of());
    section.end();
    return section.build(
        () ->
            new CredentialsConfiguration(dockerConfig, providerConfig, providerBinDir, tokenRealms),
        CredentialsConfiguration.NONE);
  }

  private static Optional<UpstreamConfiguration> upstream(Section section) {
    var url = section.required("url", Syntax.URL);
    Optional<Path> ca = section.value("ca", Syntax.PATH);
    section.end();
    return url.flatMap(given -> section.build(() -> new UpstreamConfiguration(given, ca)));
  }

  private static Optional<RepositoryRule> rule(Section section) {
    var pattern = section.required("pattern", Syntax.PATTERN);
    var maxAge = section.value("maxAge", Syntax.DURATION);
    var immutableTags = section.valuesIfAny("immutableTags", Syntax.TAG_PATTERN);
    section.end();
    return pattern.flatMap(
        given -> section.build(() -> new RepositoryRule(given, maxAge, immutableTags)));
  }
}
