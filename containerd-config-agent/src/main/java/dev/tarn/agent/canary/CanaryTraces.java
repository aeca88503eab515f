package dev.tarn.agent.canary;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/** What a pull that was cut short has left under a root. */
public final class CanaryTraces {
  private static final URI ANY = URI.create("http://127.0.0.1");

  private CanaryTraces() {}

  /** Takes it away. What became of it, for a person; empty where there was nothing. */
  public static Optional<Outcome> remove(Path root) {
    CanaryFile file = new CanaryFile(root, ANY);
    if (!file.hasTraces()) {
      return Optional.empty();
    }
    file.withdraw();
    boolean gone = !file.hasTraces();
    String what = CanaryFile.REGISTRY + ": " + (gone ? "taken back" : "not taken back");
    return Optional.of(new Outcome(what, gone));
  }

  /** What became of it. */
  public record Outcome(String what, boolean complete) {}
}
