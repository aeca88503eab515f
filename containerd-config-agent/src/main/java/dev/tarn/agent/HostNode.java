package dev.tarn.agent;

import dev.tarn.agent.config.Configuration;
import dev.tarn.agent.containerd.BinaryVersion;
import dev.tarn.agent.containerd.ContainerdVersion;
import dev.tarn.agent.containerd.Finder;
import dev.tarn.agent.containerd.Findings;
import dev.tarn.agent.containerd.Hints;
import dev.tarn.agent.containerd.Layout;
import dev.tarn.agent.containerd.Prospect;
import dev.tarn.agent.files.HostRoot;
import dev.tarn.agent.files.LocalFiles;
import dev.tarn.agent.follow.Node;
import dev.tarn.agent.tree.Entries;
import dev.tarn.agent.tree.HostsTree;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** This host, as the configuration says where it is. For one thread. */
final class HostNode implements Node {
  /** Even where no file changed: another containerd may have been installed. */
  private static final long LOOK_AGAIN_NANOS = TimeUnit.MINUTES.toNanos(10);

  private final Configuration configuration;
  private final HostRoot host;
  private final Finder finder;
  private final Map<String, Entries> trees = new HashMap<>();

  private @Nullable Findings found;
  private String state = "";
  private long foundAt;

  HostNode(Configuration configuration) {
    this.configuration = configuration;
    this.host =
        configuration.host().isEmpty()
            ? HostRoot.HERE
            : new HostRoot(Path.of(configuration.host()));
    this.finder = new Finder(host, new BinaryVersion(host)::of);
  }

  @Override
  public Findings containerd(Optional<String> userAgent) {
    Findings last = found;
    long now = System.nanoTime();
    if (last != null && now - foundAt < LOOK_AGAIN_NANOS && state(last, userAgent).equals(state)) {
      return last;
    }
    Findings fresh = find(userAgent);
    found = fresh;
    foundAt = now;
    state = state(fresh, userAgent);
    return fresh;
  }

  private Findings find(Optional<String> userAgent) {
    Configuration.Containerd containerd = configuration.containerd();
    List<String> roots = containerd.roots();
    if (!roots.isEmpty() && containerd.config().isEmpty()) {
      return new Findings(
          List.of(),
          containerd.version(),
          containerd.distribution(),
          containerd
              .distribution()
              .flatMap(Layout::named)
              .or(() -> Layout.recognise(host))
              .orElse(Layout.PLAIN)
              .socket(),
          roots,
          new Prospect.Unknown(
              "the roots were given, and containerd's configuration was not looked at",
              "pull an image of a registry that has an entry"),
          List.of());
    }
    Findings findings =
        finder.find(
            new Hints(
                containerd.config(),
                containerd.distribution().flatMap(Layout::named),
                containerd.version().flatMap(ContainerdVersion::parse),
                userAgent));
    return roots.isEmpty() || roots.equals(findings.roots()) ? findings : given(roots, findings);
  }

  private static Findings given(List<String> roots, Findings findings) {
    return new Findings(
        findings.files(),
        findings.version(),
        findings.layout(),
        findings.socket(),
        roots,
        new Prospect.Unknown(
            "the roots were given, and are not those in containerd's configuration, "
                + findings.roots(),
            "leave containerd.roots away, or pull an image of a registry that has an entry"),
        findings.remarks());
  }

  /** What the findings were made of, as far as a look at the files tells. */
  private String state(Findings findings, Optional<String> userAgent) {
    StringBuilder text = new StringBuilder(userAgent.orElse(""));
    for (String file : findings.files()) {
      text.append('\n').append(file).append(' ');
      try {
        Path here = host.resolve(file);
        text.append(Files.getLastModifiedTime(here).toMillis()).append(' ');
        text.append(Files.size(here));
      } catch (IOException e) {
        text.append(e);
      }
    }
    if (findings.files().isEmpty()) {
      text.append(configuration.containerd().config().orElse(Layout.DEFAULT_CONFIG)).append(' ');
      text.append(host.exists(configuration.containerd().config().orElse(Layout.DEFAULT_CONFIG)));
    }
    return text.toString();
  }

  @Override
  public Entries under(String root) {
    URI mirror = URI.create(configuration.mirrorUrl());
    return trees.computeIfAbsent(root, name -> tree(host, here(name), mirror));
  }

  /** The entries in the directory that is {@code root} here. */
  static Entries tree(HostRoot host, Path root, URI mirror) {
    return new HostsTree(
        LocalFiles.ofThisHost(),
        root,
        mirror,
        path -> here(host, path.toString()),
        new SecureRandom());
  }

  @Override
  public Path here(String hostPath) {
    return here(host, hostPath);
  }

  private static Path here(HostRoot host, String hostPath) {
    try {
      return host.resolve(hostPath);
    } catch (IOException _) {
      // A loop of links: nothing is there, under whatever name.
      return Path.of(host + hostPath);
    }
  }
}
