package dev.tarn.agent.hosts;

import dev.tarn.core.name.RegistryHost;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;

/**
 * Says what others have in a {@code hosts.toml} as servers that the mirror can ask: its hosts in the
 * order of their headers, then the server that the root keys describe, or the registry's own.
 *
 * <p>A request that the mirror answers reaches none of them, so either the mirror can do the same
 * as containerd would, or the registry is left alone.
 */
final class Translation {
  private static final Set<String> CAPABILITIES = Set.of("pull", "resolve", "push", "referrers");

  private final Target target;
  private final String mirror;
  private final CertificateFiles files;

  Translation(Target target, String mirror, CertificateFiles files) {
    this.target = target;
    this.mirror = mirror;
    this.files = files;
  }

  /** The chain of a file that is ours alone, beside which there may be certificates. */
  Chain ofNothing(List<String> certificates) {
    return switch (target) {
      case Target.OfAllOthers all -> new Chain.Known(List.of());
      case Target.OfRegistry(RegistryHost registry) -> {
        try {
          Optional<String> ca =
              certificates.isEmpty()
                  ? Optional.empty()
                  : Optional.of(Certificates.read(certificates, files));
          yield new Chain.Known(List.of(HostUrl.parse(OwnHost.of(registry), false).with(ca)));
        } catch (Untranslatable e) {
          yield new Chain.Opaque(e.why());
        }
      }
    };
  }

  Chain of(Document document) {
    try {
      return new Chain.Known(hosts(document));
    } catch (Untranslatable e) {
      return new Chain.Opaque(e.why());
    }
  }

  private List<UpstreamHost> hosts(Document document) throws Untranslatable {
    List<UpstreamHost> hosts = new ArrayList<>();
    TomlTable all = Document.table(document.root(), "host");
    for (String name : document.hostsByHeader()) {
      TomlTable table = all == null ? null : Document.table(all, name);
      if (table != null) {
        add(hosts, "host \"" + name + "\"", name, table);
      }
    }
    Object server = document.root().get(List.of("server"));
    if (server != null && !(server instanceof String)) {
      throw new Untranslatable("\"server\" in it is not a string");
    }
    String own = server == null || server.equals("") ? ownHost() : (String) server;
    if (own != null) {
      add(hosts, "server \"" + own + "\"", own, document.root());
    }
    if (hosts.isEmpty() && target instanceof Target.OfRegistry) {
      throw new Untranslatable("it leaves containerd nobody to pull from");
    }
    if (target instanceof Target.OfAllOthers && (server != null || !hosts.isEmpty())) {
      throw new Untranslatable(
          "it names servers that are asked for every registry there is, and the mirror asks only"
              + " for those that it was told of");
    }
    return hosts;
  }

  private @Nullable String ownHost() {
    return target instanceof Target.OfRegistry(RegistryHost registry)
        ? OwnHost.of(registry)
        : null;
  }

  private void add(List<UpstreamHost> hosts, String where, String url, TomlTable table)
      throws Untranslatable {
    if (!isAskedForPulls(where, table)) {
      return;
    }
    refuse(where, table, "client", "a client certificate");
    refuse(where, table, "header", "headers of its own");
    boolean skipVerify = flag(where, table, "skip_verify");
    if (skipVerify) {
      throw new Untranslatable(where + " has skip_verify = true, which the mirror never does");
    }
    HostUrl parsed = HostUrl.parse(url, flag(where, table, "override_path"));
    if (parsed.isSelf(mirror)) {
      return;
    }
    Optional<String> ca = Certificates.of(where, table, files);
    boolean tls = ca.isPresent() || table.contains(List.of("skip_verify"));
    if (tls && parsed.isPlain()) {
      throw new Untranslatable(
          where + " is http:// with TLS settings, for which containerd tries https first");
    }
    hosts.add(parsed.with(ca));
  }

  /** Whether containerd asks this one for manifests and blobs; it has to be both or neither. */
  private static boolean isAskedForPulls(String where, TomlTable table) throws Untranslatable {
    Object value = table.get(List.of("capabilities"));
    if (value == null) {
      return true;
    }
    if (!(value instanceof TomlArray capabilities)) {
      throw new Untranslatable("\"capabilities\" of " + where + " is not a list");
    }
    boolean pull = capabilities.isEmpty();
    boolean resolve = capabilities.isEmpty();
    for (Object element : capabilities.toList()) {
      String capability = element instanceof String text ? text.toLowerCase(Locale.ROOT) : "";
      if (!CAPABILITIES.contains(capability)) {
        throw new Untranslatable(
            where + " has a capability for which containerd refuses the file: " + element);
      }
      pull |= capability.equals("pull");
      resolve |= capability.equals("resolve");
    }
    if (pull != resolve) {
      throw new Untranslatable(
          where + " is there only to " + (pull ? "pull" : "resolve") + ", which the mirror cannot"
              + " tell apart");
    }
    return pull;
  }

  private static void refuse(String where, TomlTable table, String key, String what)
      throws Untranslatable {
    Object value = table.get(List.of(key));
    boolean empty =
        value == null
            || (value instanceof TomlTable inner && inner.isEmpty())
            || (value instanceof TomlArray list && list.isEmpty());
    if (!empty) {
      throw new Untranslatable(where + " is to be asked with " + what + ", which the mirror lacks");
    }
  }

  private static boolean flag(String where, TomlTable table, String key) throws Untranslatable {
    Object value = table.get(List.of(key));
    if (value == null) {
      return false;
    }
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw new Untranslatable("\"" + key + "\" of " + where + " is not true or false");
  }
}
