package dev.tarn.server;

import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tarn completion}. */
@Command(
    name = "completion",
    description = "Print what a shell needs to complete tarn's commands and options.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  source <(tarn completion bash)",
      "  tarn completion bash > /etc/bash_completion.d/tarn",
      "  source <(tarn completion zsh)                          (after compinit)",
      "  tarn completion fish > ~/.config/fish/completions/tarn.fish"
    },
    mixinStandardHelpOptions = true)
final class CompletionCommand implements Callable<Integer> {
  private final CommandContext context;

  @SuppressWarnings("NullAway.Init") // picocli sets it.
  @Spec
  private CommandSpec spec;

  @Parameters(paramLabel = "SHELL", description = "One of ${COMPLETION-CANDIDATES}.")
  private Shell shell = Shell.BASH;

  /** Whose language it is printed in. */
  enum Shell {
    BASH,
    ZSH,
    FISH;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  CompletionCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    CommandLine tarn = spec.root().commandLine();
    context
        .out()
        .print(
            switch (shell) {
              // One script for both: in zsh it asks for bash's completion.
              case BASH, ZSH -> AutoComplete.bash("tarn", tarn);
              case FISH -> CommandLineInFish.script(tarn.getCommandSpec());
            });
    return ExitStatus.OK;
  }
}
