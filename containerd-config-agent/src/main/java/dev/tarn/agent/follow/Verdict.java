package dev.tarn.agent.follow;

/** Whether this node's containerd comes to the mirror. */
public sealed interface Verdict {
  /** It came, since the entry stands. {@code why} says who and for what. */
  record Effective(String why) implements Verdict {}

  /** It does not, by its configuration. */
  record Ineffective(String why, String fix) implements Verdict {}

  /** It has not come yet. */
  record Unknown(String why, String tell) implements Verdict {}

  /** As metrics call it. */
  default String word() {
    return switch (this) {
      case Effective _ -> "effective";
      case Ineffective _ -> "ineffective";
      case Unknown _ -> "unknown";
    };
  }
}
