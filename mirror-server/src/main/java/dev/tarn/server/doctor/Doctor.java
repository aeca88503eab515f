package dev.tarn.server.doctor;

import dev.tarn.core.name.ImageReference;
import dev.tarn.server.config.ReferencedFiles;
import dev.tarn.server.console.Figures;
import dev.tarn.server.peer.tls.PeerTls;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Looks at a node from all sides, and says of each thing that is wrong how that is known and what
 * to do. Harms nothing: it reads, asks, connects, and pulls one image of which it keeps nothing.
 * Blocks for some seconds, longer where things do not answer.
 */
public final class Doctor {
  /** The configuration is wrong, or names files that cannot be used. */
  public static final String CONFIGURATION = "configuration";

  private final Scene scene;
  private final List<Finding> findings;

  /**
   * Looks at nothing yet.
   *
   * @param known what was found before, such as that the configuration is not valid
   */
  public Doctor(Scene scene, List<Finding> known) {
    this.scene = scene;
    this.findings = new ArrayList<>(known);
  }

  /** A configuration with something wrong in it. */
  public static Finding invalid(String problem) {
    return Finding.trouble(
        CONFIGURATION,
        "The configuration is not valid: " + problem,
        "A node does not start with it (exit status 78).",
        "Correct it; docs/configuration.md has all keys, and tarn config check tries it.");
  }

  /** A configuration that a node starts with. */
  public static Finding valid(String where, int registries) {
    return Finding.fine(
        CONFIGURATION,
        "The configuration is valid (" + where + "): " + registries + " registries.");
  }

  /** Looks. */
  public Report run() {
    for (String problem : ReferencedFiles.problems(scene.configuration())) {
      findings.add(
          Finding.attention(
              CONFIGURATION,
              "A file that the configuration names cannot be used.",
              problem + ".",
              "Put it there, readable for the user that the node runs as."));
    }
    NodeCheck node = new NodeCheck(scene, findings);
    Optional<Figures> figures = node.run();
    new DiskCheck(scene, findings).run(figures);
    Optional<PeerTls> identity = new CertificateCheck(scene, findings).run();
    figures.ifPresent(
        page -> {
          new AgentCheck(scene, findings).run(page);
          new PeersCheck(scene, findings, identity).run(page);
        });
    Optional<ImageReference> image =
        scene.image().flatMap(ImageReference::parse).or(() -> figures.flatMap(_ -> known()));
    List<Hop> hops = List.of();
    if (figures.isPresent() && image.isPresent()) {
      hops = new PullCheck(scene, findings, node).run(image.get());
    } else if (figures.isPresent()) {
      findings.add(
          Finding.note(
              "pull",
              "Nothing was pulled: name an image with --image.",
              "The node tells of those that it knows to whoever shows the token."));
    }
    new UpstreamCheck(scene, findings).run(figures.orElseGet(Figures::none));
    figures.ifPresent(_ -> nodesOwnWord());
    return new Report(
        image.map(ImageReference::toString).orElse(""), hops, withoutRepetition(findings));
  }

  private Optional<ImageReference> known() {
    try {
      return new NodesOwnWord(scene.admin(), findings).image();
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  private void nodesOwnWord() {
    try {
      new NodesOwnWord(scene.admin(), findings).run();
    } catch (IOException e) {
      findings.add(Finding.note("node", "The node does not say how it is.", Reason.of(e) + "."));
    }
  }

  /** One of each code and subject; the first knew most. */
  private static List<Finding> withoutRepetition(List<Finding> findings) {
    List<Finding> once = new ArrayList<>();
    for (Finding each : findings) {
      boolean said =
          each.severity().compareTo(Severity.NOTE) > 0
              && once.stream()
                  .anyMatch(
                      other ->
                          other.code().equals(each.code())
                              && other.subject().equals(each.subject())
                              && other.severity().compareTo(Severity.NOTE) > 0
                              && !each.subject().isEmpty());
      if (!said) {
        once.add(each);
      }
    }
    return once;
  }
}
