package dev.tarn.agent.inspect;

import dev.tarn.agent.containerd.Findings;
import dev.tarn.agent.files.HostRoot;
import dev.tarn.agent.hosts.Target;
import dev.tarn.agent.tree.Entries;
import dev.tarn.agent.tree.Lookup;
import dev.tarn.agent.tree.Standing;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/** Looks at the entries of a node, once what is configured there was found. */
public final class Inspector {
  /** Makes the entries under one root. */
  @FunctionalInterface
  public interface Trees {
    /**
     * Those under one root.
     *
     * @param root where the directory is here
     * @param mirror where an entry sends containerd
     */
    Entries at(HostRoot host, Path root, URI mirror);
  }

  private final HostRoot host;
  private final Trees trees;

  public Inspector(HostRoot host, Trees trees) {
    this.host = host;
    this.trees = trees;
  }

  /**
   * Only looks.
   *
   * @param root the directory that entries are for, as the host names it, where it is not to be the
   *     first that was found
   * @param agent what an agent that runs here says
   */
  public Inspection inspect(
      Findings findings,
      URI mirror,
      Optional<String> root,
      Optional<AgentsWord> agent,
      List<Target> targets) {
    List<String> roots = root.map(List::of).orElse(findings.roots());
    List<Inspection.Entry> entries = new ArrayList<>();
    if (!roots.isEmpty()) {
      for (Target target : targets) {
        entries.add(entry(target, roots, mirror));
      }
    }
    return new Inspection(findings, mirror, roots.stream().findFirst(), agent, entries);
  }

  private Inspection.Entry entry(Target target, List<String> roots, URI mirror) {
    Map<String, Path> here = new LinkedHashMap<>();
    for (String root : roots) {
      try {
        here.put(root, host.resolve(root));
      } catch (IOException e) {
        Standing failed = new Standing.Failed(root + " cannot be read: " + e);
        return new Inspection.Entry(target, root, "", failed);
      }
    }
    Function<String, Path> seen = root -> Objects.requireNonNull(here.get(root));
    String root = Lookup.root(roots, target, seen);
    Path there = seen.apply(root);
    return new Inspection.Entry(
        target, root, Lookup.directory(there, target), trees.at(host, there, mirror).look(target));
  }
}
