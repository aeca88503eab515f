package dev.tarn.server.config;

import dev.tarn.core.name.RegistryHost;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Writes a configuration as the YAML that would load it: every key, with its effective value. There
 * is no secret in it, because a configuration holds none: URLs with a password are refused, and
 * credentials are in files of their own.
 */
public final class ConfigurationPrinter {
  private final StringBuilder out = new StringBuilder();

  private ConfigurationPrinter() {}

  public static String toYaml(Configuration configuration) {
    ConfigurationPrinter printer = new ConfigurationPrinter();
    printer.endpoints(configuration.registry(), configuration.admin());
    printer.store(configuration.store());
    printer.containerd(configuration.containerd());
    printer.agent(configuration.agent());
    printer.upstreamClient(configuration.upstream());
    printer.peers(configuration.peers());
    printer.access(configuration.access());
    printer.process(configuration.shutdown(), configuration.logging());
    printer.registries(configuration.registries());
    return printer.out.toString();
  }

  private void endpoints(
      Configuration.RegistryEndpoint registry, Configuration.AdminEndpoint admin) {
    line(0, "registry:");
    line(1, "listen: " + quoted(registry.listen().toString()));
    line(1, "maxConnections: " + registry.maxConnections());
    line(1, "headerTimeout: " + Syntax.print(registry.headerTimeout()));
    line(1, "stallTimeout: " + Syntax.print(registry.stallTimeout()));
    line(1, "idleTimeout: " + Syntax.print(registry.idleTimeout()));
    line(0, "admin:");
    line(1, "listen: " + quoted(admin.listen().toString()));
    line(1, "tokenFile: " + quoted(admin.tokenFile().map(Path::toString).orElse("")));
  }

  private void store(Configuration.Store store) {
    line(0, "store:");
    line(1, "path: " + quoted(store.path().toString()));
    store.maxSize().ifPresent(bytes -> line(1, "maxSize: " + Syntax.print(bytes)));
    line(1, "minFree: " + store.minFree());
    line(1, "reserveFree: " + store.reserveFree());
    line(1, "partialMaxSize: " + Syntax.print(store.partialMaxSize()));
    line(1, "partialTtl: " + Syntax.print(store.partialTtl()));
  }

  private void containerd(Configuration.Containerd containerd) {
    line(0, "containerd:");
    String contentStore = containerd.contentStore().map(Path::toString).orElse("");
    line(1, "contentStore: " + quoted(contentStore));
  }

  private void agent(Configuration.Agent agent) {
    line(0, "agent:");
    line(1, "directory: " + quoted(agent.directory().map(Path::toString).orElse("")));
  }

  private void upstreamClient(Configuration.UpstreamClient upstream) {
    line(0, "upstream:");
    line(1, "connectTimeout: " + Syntax.print(upstream.connectTimeout()));
    line(1, "headerTimeout: " + Syntax.print(upstream.headerTimeout()));
    line(1, "stallTimeout: " + Syntax.print(upstream.stallTimeout()));
    line(1, "retries: " + upstream.retries());
    line(1, "clientRate: " + upstream.clientRate());
    line(1, "clientBurst: " + upstream.clientBurst());
    line(1, "allowedTargets: " + list(upstream.allowedTargets()));
    line(1, "ca: " + quoted(upstream.ca().map(Path::toString).orElse("")));
  }

  private void peers(PeersConfiguration peers) {
    line(0, "peers:");
    line(1, "mode: " + peers.mode());
    line(1, "listen: " + quoted(peers.listen().toString()));
    line(1, "node: " + quoted(peers.node()));
    line(1, "zone: " + quoted(peers.zone()));
    line(1, "members: " + list(peers.members().stream().map(PeerAddress::toString).toList()));
    line(1, "dnsName: " + quoted(peers.dnsName()));
    line(1, "dnsPeriod: " + Syntax.print(peers.dnsPeriod()));
    line(1, "namespace: " + quoted(peers.namespace()));
    line(1, "service: " + quoted(peers.service()));
    line(1, "serviceAccount: " + quoted(peers.serviceAccount().toString()));
    line(1, "apiServer: " + quoted(peers.apiServer().map(URI::toString).orElse("")));
    peers
        .tls()
        .ifPresent(
            tls -> {
              line(1, "tls:");
              line(2, "certificate: " + quoted(tls.certificate().toString()));
              line(2, "key: " + quoted(tls.key().toString()));
              line(2, "ca: " + quoted(tls.ca().toString()));
            });
    line(1, "plainHttp: " + peers.plainHttp());
    line(1, "maxUploads: " + peers.limits().maxUploads());
    line(1, "uploadBandwidth: " + Syntax.print(peers.limits().uploadBandwidth()));
    line(1, "downloadBandwidth: " + Syntax.print(peers.limits().downloadBandwidth()));
    line(1, "wordInOutage: " + peers.wordInOutage());
  }

  private void access(Configuration.Access access) {
    line(0, "access:");
    line(1, "decisionTime: " + Syntax.print(access.decisionTime()));
    line(1, "graceTime: " + Syntax.print(access.graceTime()));
  }

  private void process(Configuration.Shutdown shutdown, Configuration.Logging logging) {
    line(0, "shutdown:");
    line(1, "agentTimeout: " + Syntax.print(shutdown.agentTimeout()));
    line(1, "drainTimeout: " + Syntax.print(shutdown.drainTimeout()));
    line(0, "logging:");
    line(1, "level: " + logging.level());
    line(1, "format: " + logging.format());
  }

  private void registries(Map<RegistryHost, RegistryConfiguration> registries) {
    line(0, "registries:");
    registries.forEach(
        (host, registry) -> {
          line(1, quoted(host.value()) + ":");
          // As a comment where they are not given: it matters who may say otherwise.
          String given = registry.upstreams().isPresent() ? "" : "# ";
          line(2, given + "upstreams:");
          for (UpstreamConfiguration upstream : registry.upstreamsOf(host)) {
            line(given.isEmpty() ? 3 : 2, given + "- url: " + quoted(upstream.url().toString()));
            upstream.ca().map(Path::toString).ifPresent(ca -> line(4, "ca: " + quoted(ca)));
          }
          line(2, "maxAge: " + Syntax.print(registry.maxAge()));
          line(2, "immutableTags: " + patterns(registry.immutableTags()));
          if (!registry.repositories().isEmpty()) {
            line(2, "repositories:");
          }
          for (RepositoryRule rule : registry.repositories()) {
            line(3, "- pattern: " + quoted(rule.pattern().toString()));
            rule.maxAge().map(Syntax::print).ifPresent(age -> line(4, "maxAge: " + age));
            rule.immutableTags()
                .map(ConfigurationPrinter::patterns)
                .ifPresent(tags -> line(4, "immutableTags: " + tags));
          }
          credentials(registry.credentials());
          line(2, "shared: " + registry.shared());
          line(2, "tokenRelay: " + registry.tokenRelay());
          line(2, "onUpstreamFailure: " + registry.onUpstreamFailure());
        });
  }

  private void credentials(CredentialsConfiguration credentials) {
    if (!credentials.given() && credentials.tokenRealms().isEmpty()) {
      return;
    }
    line(2, "credentials:");
    path("dockerConfig", credentials.dockerConfig());
    path("providerConfig", credentials.providerConfig());
    path("providerBinDir", credentials.providerBinDir());
    line(3, "tokenRealms: " + list(credentials.tokenRealms()));
  }

  private void path(String key, Optional<Path> path) {
    path.ifPresent(file -> line(3, key + ": " + quoted(file.toString())));
  }

  private void line(int depth, String text) {
    out.append("  ".repeat(depth)).append(text).append('\n');
  }

  private static String list(List<String> texts) {
    return texts.stream()
        .map(ConfigurationPrinter::quoted)
        .collect(Collectors.joining(", ", "[", "]"));
  }

  private static String patterns(List<TagPattern> tags) {
    return list(tags.stream().map(TagPattern::toString).toList());
  }

  /** {@code text} as YAML, in double quotes where it would not stand for itself. */
  private static String quoted(String text) {
    boolean plain =
        !text.isEmpty()
            && text.chars().allMatch(c -> Character.isLetterOrDigit(c) || "./:_-".indexOf(c) >= 0)
            && !text.startsWith("-")
            && !text.startsWith(":")
            && !text.endsWith(":")
            && !Yaml.NOTHING.contains(text);
    if (plain) {
      return text;
    }
    StringBuilder quoted = new StringBuilder("\"");
    text.codePoints().forEach(c -> quoted.append(escaped(c)));
    return quoted.append('"').toString();
  }

  private static String escaped(int codePoint) {
    if (codePoint == '"' || codePoint == '\\') {
      return "\\" + (char) codePoint;
    }
    boolean itself = (codePoint >= ' ' && codePoint < 0x7f) || Character.isLetterOrDigit(codePoint);
    return itself ? Character.toString(codePoint) : String.format("\\U%08x", codePoint);
  }
}
