package dev.tarn.agent.config;

import java.util.List;

/** A configuration that cannot be used, with everything that is wrong in it. */
public final class InvalidConfigurationException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  InvalidConfigurationException(List<Problem> problems) {
    super(String.join("\n", problems.stream().map(Problem::toString).toList()));
    this.problems = List.copyOf(problems);
  }

  /** What is wrong, in the order in which it was found; never empty. */
  public List<Problem> problems() {
    return problems;
  }

  /**
   * One thing that is wrong.
   *
   * @param path the key, such as {@code containerd.roots}; empty where the whole is meant
   * @param origin where the value came from, such as {@code line 7, column 3} or an option's name,
   *     or empty
   * @param message what is wrong and what was expected
   */
  public record Problem(String path, String origin, String message) {
    @Override
    public String toString() {
      String where = origin.isEmpty() ? "" : "(" + origin + ")";
      String subject = path.isEmpty() || where.isEmpty() ? path + where : path + " " + where;
      return subject.isEmpty() ? message : subject + ": " + message;
    }
  }
}
