package dev.tarn.server.config;

import java.util.List;

/** A configuration that cannot be used, with everything that is wrong in it. */
public final class InvalidConfigurationException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  InvalidConfigurationException(List<Problem> problems) {
    super(String.join("\n", problems.stream().map(Problem::toString).toList()));
    this.problems = List.copyOf(problems);
  }

  /** What is wrong, in the order of the file; never empty. */
  public List<Problem> problems() {
    return problems;
  }

  /** Refuses a value that a record was given. */
  static void require(boolean holds, String path, String message) {
    if (!holds) {
      throw new InvalidConfigurationException(List.of(new Problem(path, "", message)));
    }
  }

  /**
   * One thing that is wrong.
   *
   * @param path the key, such as {@code store.maxSize}; empty where the file as a whole is meant
   * @param origin where the value came from, such as {@code line 7} or a variable's name, or empty
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
