package dev.tarn.server.doctor;

import dev.tarn.server.console.Figures;
import dev.tarn.server.console.Http;
import dev.tarn.server.console.Quantity;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;

/** What the agent beside the node says, as the node passes it on. */
final class AgentCheck {
  private static final String AGENT = "agent";
  private static final double SILENT_SECONDS = 60;
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(3);
  private static final long MAX_BYTES = 16 * 1024;
  private static final String WORD = "containerd_config_agent_verdict";
  private static final String LEFT_ALONE = "containerd_config_agent_entry_left_alone";

  private final Scene scene;
  private final List<Finding> findings;

  AgentCheck(Scene scene, List<Finding> findings) {
    this.scene = scene;
    this.findings = findings;
  }

  void run(Figures figures) {
    if (scene.configuration().agent().directory().isEmpty()) {
      findings.add(
          Finding.note(
              AGENT,
              "Whether containerd comes here was not looked at: no agent is set up beside this node.",
              "agent.directory is not set."));
      return;
    }
    OptionalDouble age = figures.sum("tarn_agent_report_age_seconds");
    if (age.isEmpty() || age.getAsDouble() > SILENT_SECONDS) {
      findings.add(
          Finding.attention(
              "agent-silent",
              "The agent says nothing.",
              age.isEmpty()
                  ? "tarn_agent_report_age_seconds is not among the node's metrics."
                  : "Its last report is "
                      + Quantity.time(Duration.ofSeconds((long) age.getAsDouble()))
                      + " old.",
              "See whether it runs, and its log. Both need the same agent.directory: "
                  + scene.configuration().agent().directory().orElseThrow()
                  + "."));
      return;
    }
    String word =
        figures.of(WORD).stream()
            .filter(sample -> sample.value() == 1)
            .map(sample -> sample.label("verdict"))
            .findFirst()
            .orElse("unknown");
    switch (word) {
      case "effective" ->
          findings.add(Finding.fine(AGENT, "containerd comes here: the agent says effective."));
      case "ineffective" -> findings.add(ineffective());
      default ->
          findings.add(
              Finding.note(
                  AGENT,
                  "Nobody knows yet whether containerd comes here.",
                  "The agent says unknown: nothing was pulled since its entries stand. Pull an"
                      + " image on the node, or let the agent prove it: canary.enabled."));
    }
    leftAlone(figures);
  }

  private Finding ineffective() {
    List<String> word = agentsWord();
    String says = "The agent says ineffective (" + WORD + ").";
    return Finding.trouble(
        "agent-ineffective",
        "containerd on this node pulls, and does not come here.",
        word.size() > 1 ? says + " " + word.get(1) : says,
        word.size() > 2
            ? word.get(2)
            : "Its log has the reason and what to change, as has: tarn agent inspect. Most often"
                + " containerd's config_path is not set: docs/nodes.md.");
  }

  /** Its verdict, the reason and what to do, a line each; none where it does not answer. */
  private List<String> agentsWord() {
    try {
      Http.Answer answer =
          Http.send(
              Http.Request.of("GET", scene.agent().resolve("/verdict"), ANSWER_TIMEOUT, MAX_BYTES));
      return answer.status() == HttpURLConnection.HTTP_OK
          ? new String(answer.body(), StandardCharsets.UTF_8).lines().toList()
          : List.of();
    } catch (IOException _) {
      return List.of();
    }
  }

  private void leftAlone(Figures figures) {
    List<String> registries =
        figures.of(LEFT_ALONE).stream()
            .filter(sample -> sample.value() == 1)
            .map(sample -> sample.label("registry"))
            .distinct()
            .toList();
    if (!registries.isEmpty()) {
      findings.add(
          Finding.attention(
              "agent-left-alone",
              "Not mirrored on this node: " + String.join(", ", registries) + ".",
              "The agent leaves them alone because of what others wrote for them ("
                  + LEFT_ALONE
                  + ").",
              "tarn agent inspect REGISTRY says what stands there; docs/hosts-toml.md why."));
    }
  }
}
