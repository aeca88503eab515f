package dev.tarn.server;

import dev.tarn.server.console.Http;
import dev.tarn.server.console.Json;
import java.io.Console;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tarn transfers}. */
@Command(
    name = "transfers",
    description = {
      "List what is on its way to a node: how much of it is here, where it comes from, how fast, and"
          + " how many clients wait for it.",
      "",
      "Without the token a transfer is its registry and the beginning of its digest."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  tarn transfers", "  tarn transfers --watch"},
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:They were listed.",
      "1:The node was not reached or refused; the reason is on standard error.",
      "2:The command line was not understood.",
      "130:Ended by SIGINT, as --watch is."
    },
    mixinStandardHelpOptions = true)
final class TransfersCommand implements Callable<Integer> {
  private static final Duration SHORTEST = Duration.ofMillis(200);

  private final CommandContext context;

  @Mixin private final AdminOptions admin = new AdminOptions();
  @Mixin private final OutputOptions output = new OutputOptions();

  @Option(
      names = {"-w", "--watch"},
      description = "Again and again, until it is interrupted, or the node goes away.")
  private boolean watch;

  @Option(
      names = "--interval",
      paramLabel = "TIME",
      defaultValue = "1s",
      converter = CommandLineInterface.TimeSpan.class,
      description = "How long --watch waits in between; by default ${DEFAULT-VALUE}.")
  private Duration interval = Duration.ofSeconds(1);

  TransfersCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    Asking asking = Asking.of(admin, context);
    TransfersText text = new TransfersText(context.out(), watch && isTerminal());
    int status =
        asking.ask("/api/v1/transfers", "transfers", (answer, said) -> show(text, answer, said));
    while (watch && status == ExitStatus.OK) {
      Thread.sleep(interval.compareTo(SHORTEST) < 0 ? SHORTEST : interval);
      status =
          asking.ask("/api/v1/transfers", "transfers", (answer, said) -> show(text, answer, said));
    }
    return status;
  }

  private static boolean isTerminal() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
  }

  private int show(TransfersText text, Http.Answer answer, Json transfers) {
    switch (output.format()) {
      case JSON -> Asking.copy(answer, context.out());
      case TEXT -> text.print(transfers);
    }
    return ExitStatus.OK;
  }
}
