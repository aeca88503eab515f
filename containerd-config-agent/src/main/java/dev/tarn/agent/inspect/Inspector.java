package dev.tarn.agent.inspect;

import dev.tarn.agent.containerd.Findings;
import dev.tarn.agent.files.HostRoot;
import dev.tarn.agent.hosts.Target;
import dev.tarn.agent.tree.Entries;
import dev.tarn.agent.tree.Standing;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
    Optional<String> chosen = root.or(() -> findings.roots().stream().findFirst());
    List<Inspection.Entry> entries = new ArrayList<>();
    if (chosen.isPresent() && !targets.isEmpty()) {
      try {
        Entries there = trees.at(host, host.resolve(chosen.get()), mirror);
        for (Target target : targets) {
          entries.add(new Inspection.Entry(target, there.look(target)));
        }
      } catch (IOException e) {
        Standing failed = new Standing.Failed(chosen.get() + " cannot be read: " + e);
        targets.forEach(target -> entries.add(new Inspection.Entry(target, failed)));
      }
    }
    return new Inspection(findings, mirror, chosen, agent, entries);
  }
}
