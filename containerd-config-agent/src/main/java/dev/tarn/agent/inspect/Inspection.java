package dev.tarn.agent.inspect;

import dev.tarn.agent.containerd.Findings;
import dev.tarn.agent.containerd.Prospect;
import dev.tarn.agent.hosts.Target;
import dev.tarn.agent.tree.Standing;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * What there is to say about a node.
 *
 * @param mirror where an entry sends containerd
 * @param root the directory that entries are for where nothing stands, as the host names it; empty
 *     where there is none
 * @param agent what an agent that runs here says; empty where none does
 * @param entries one for each target that was asked for; none where there is no root
 */
public record Inspection(
    Findings findings,
    URI mirror,
    Optional<String> root,
    Optional<AgentsWord> agent,
    List<Entry> entries) {
  public Inspection {
    entries = List.copyOf(entries);
  }

  /**
   * How it stands with one target.
   *
   * @param root the directory that its entry is for, as the host names it
   * @param directory what its directory there is called, or would be
   */
  public record Entry(Target target, String root, String directory, Standing standing) {
    /** As image references name it, or {@code _default} for all others. */
    public String name() {
      return switch (target) {
        case Target.OfRegistry(var registry) -> registry.value();
        case Target.OfAllOthers() -> ALL_OTHERS;
      };
    }
  }

  static final String ALL_OTHERS = "_default";

  /** What a script is told by the command's exit status. */
  public enum Outcome {
    /** containerd reads entries, and each one that was asked for is there or can be. */
    EFFECTIVE(0),
    /** containerd does not read them. */
    INEFFECTIVE(1),
    /** That cannot be told from here. */
    UNKNOWN(3),
    /** containerd reads entries, but one that was asked for is left alone or could not be read. */
    PARTIAL(4);

    private final int exitStatus;

    Outcome(int exitStatus) {
      this.exitStatus = exitStatus;
    }

    public int exitStatus() {
      return exitStatus;
    }
  }

  /** What happened goes before what is to be expected. */
  public Outcome outcome() {
    String said = agent.map(AgentsWord::verdict).orElse("");
    if (said.equals(AgentsWord.INEFFECTIVE)) {
      return Outcome.INEFFECTIVE;
    }
    if (said.equals(AgentsWord.EFFECTIVE)) {
      return ofEntries();
    }
    return switch (findings.prospect()) {
      case Prospect.Ineffective _ -> Outcome.INEFFECTIVE;
      case Prospect.Unknown _ -> Outcome.UNKNOWN;
      case Prospect.Effective _ -> ofEntries();
    };
  }

  private Outcome ofEntries() {
    for (Entry entry : entries) {
      if (entry.standing() instanceof Standing.LeftAlone
          || entry.standing() instanceof Standing.Failed) {
        return Outcome.PARTIAL;
      }
    }
    return Outcome.EFFECTIVE;
  }
}
