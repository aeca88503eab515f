package dev.tarn.server;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a command runs in.
 *
 * @param configurations where a node's configuration usually is, in the order in which it is looked
 *     for
 */
record CommandContext(
    Map<String, String> environment, PrintStream out, PrintStream err, List<Path> configurations) {
  /** Where the image has it, and where it is where Tarn was installed by hand. */
  private static final List<Path> USUAL =
      List.of(Path.of("/etc/tarn/config/tarn.yaml"), Path.of("/etc/tarn/tarn.yaml"));

  CommandContext {
    environment = Map.copyOf(environment);
    configurations = List.copyOf(configurations);
  }

  CommandContext(Map<String, String> environment, PrintStream out, PrintStream err) {
    this(environment, out, err, USUAL);
  }
}
