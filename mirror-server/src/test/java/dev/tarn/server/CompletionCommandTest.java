package dev.tarn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tarn completion}, by the shells that are here. */
class CompletionCommandTest {
  @TempDir private Path directory;
  private final CommandRun tarn = new CommandRun();

  private String script(String shell) {
    assertThat(tarn.run("completion", shell)).isZero();
    return tarn.out();
  }

  private static boolean isHere(String program) {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
  }

  private String run(String... command) throws IOException, InterruptedException {
    Path output = directory.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor()).as(Files.readString(output)).isZero();
    return Files.readString(output, StandardCharsets.UTF_8);
  }

  @Test
  void bashCompletesCommandsOptionsAndWords() throws IOException, InterruptedException {
    String script = script("bash");
    assumeThat(isHere("bash")).isTrue();
    Path file = Files.writeString(directory.resolve("tarn.bash"), script);
    String complete =
        """
        source %s
        compopt() { :; }
        try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _complete_tarn; echo "${COMPREPLY[@]}"; }
        try tarn doc
        try tarn doctor --im
        try tarn doctor --output ''
        try tarn config ''
        try tarn completion ''
        """
            .formatted(file);
    assertThat(run("bash", "-c", complete).lines())
        .containsExactly("doctor", "--image", "text json", "check print", "bash zsh fish");
  }

  @Test
  void hiddenCommandsAreNotCompleted() {
    assertThat(script("bash")).doesNotContain("training-ground");
    tarn.forgetOut();
    assertThat(script("fish")).doesNotContain("train");
  }

  @Test
  void fishIsToldOfCommandsOptionsAndWords() throws IOException, InterruptedException {
    String script = script("fish");
    assertThat(script)
        .contains(
            " -a doctor -d 'Find out what is wrong with the node on this machine, or in this pod'",
            "complete -c tarn -n '__fish_seen_subcommand_from doctor' -s o -l output -x -a 'text json'",
            "complete -c tarn -n '__fish_seen_subcommand_from doctor' -s c -l config -r -F",
            "complete -c tarn -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'",
            "complete -c tarn -n '__fish_seen_subcommand_from config; and __fish_seen_subcommand_from"
                + " check' -s c -l config -r -F");
    // A line each, and quotes in pairs.
    assertThat(script.lines().skip(1))
        .allSatisfy(
            line -> {
              assertThat(line).startsWith("complete -c tarn");
              assertThat(line.replace("\\'", "").chars().filter(c -> c == '\'').count() % 2)
                  .isZero();
            });
    if (isHere("fish")) {
      Path file = Files.writeString(directory.resolve("tarn.fish"), script);
      assertThat(run("fish", "-c", "source " + file + "; complete -C 'tarn doc'"))
          .startsWith("doctor");
    }
  }

  @Test
  void zshAsksForBashsCompletion() {
    assertThat(script("zsh")).contains("bashcompinit", "complete -F _complete_tarn");
  }

  @Test
  void anotherShellIsAUsageError() {
    assertThat(tarn.run("completion", "tcsh")).isEqualTo(2);
    assertThat(tarn.run("completion")).isEqualTo(2);
    assertThat(tarn.err()).contains("bash, zsh, fish");
  }
}
