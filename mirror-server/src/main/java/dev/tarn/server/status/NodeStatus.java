package dev.tarn.server.status;

import java.util.List;

/** What a node tells of itself, and what it means. */
public record NodeStatus(NodeFacts facts, List<Finding> findings) {
  /** What these facts mean. */
  public static NodeStatus of(NodeFacts facts) {
    return new NodeStatus(facts, Findings.of(facts));
  }

  public Verdict verdict() {
    return Verdict.of(findings);
  }

  /** As {@code docs/api.md} describes it. */
  public String json() {
    return StatusJson.of(this);
  }
}
