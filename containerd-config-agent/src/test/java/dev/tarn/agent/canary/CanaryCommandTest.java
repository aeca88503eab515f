package dev.tarn.agent.canary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.agent.canary.Sightings.Sighting;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CanaryCommandTest {
  @TempDir private Path directory;

  private final StringWriter out = new StringWriter();

  @Test
  void theExitStatusIsTheVerdict() {
    assertThat(execute(Sighting.ARRIVED)).isZero();
    assertThat(out.toString()).startsWith("effective: ");

    assertThat(execute(Sighting.NOBODY_KNOWS)).isEqualTo(2);
    assertThat(out.toString()).contains("unknown: ");
    assertThat(directory).isEmptyDirectory();
  }

  private int execute(Sighting sighting) {
    return new CommandLine(new CanaryCommand(mirror -> repository -> sighting))
        .setOut(new PrintWriter(out, true))
        .execute("--root", directory.toString(), "--socket", directory.resolve("none").toString());
  }
}
