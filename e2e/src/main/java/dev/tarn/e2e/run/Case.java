package dev.tarn.e2e.run;

import java.util.List;

/**
 * One thing that a suite tries: a sentence, what it needs besides what its suite needs, and a body
 * that runs on a thread of its own with the parts that the suite's cases share.
 */
public record Case<S>(String name, List<Need> needs, Body<S> body) {

  public static <S> Case<S> of(String name, Body<S> body) {
    return new Case<>(name, List.of(), body);
  }

  /** What a case does; it fails by throwing. */
  @FunctionalInterface
  public interface Body<S> {
    void run(S shared, CaseRun run) throws Exception;
  }
}
