package dev.tarn.server;

import dev.tarn.server.console.Http;
import dev.tarn.server.console.Json;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tarn images}. */
@Command(
    name = "images",
    description = {
      "List what a node holds, by repository: the largest, and those that were asked for most.",
      "",
      "Needs the token, because it tells names."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  tarn images --token-file /etc/tarn/admin-token", "  tarn images --tags -o json"},
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:They were listed.",
      "1:The node was not reached or refused; the reason is on standard error.",
      "2:The command line was not understood."
    },
    mixinStandardHelpOptions = true)
final class ImagesCommand implements Callable<Integer> {
  private final CommandContext context;

  @Mixin private final AdminOptions admin = new AdminOptions();
  @Mixin private final OutputOptions output = new OutputOptions();

  @Option(names = "--tags", description = "The tags of each as well, with their digests.")
  private boolean tags;

  ImagesCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    return Asking.of(admin, context).ask("/api/v1/images", "images", this::show);
  }

  private int show(Http.Answer answer, Json images) {
    switch (output.format()) {
      case JSON -> Asking.copy(answer, context.out());
      case TEXT -> new ImagesText(context.out(), tags).print(images);
    }
    return ExitStatus.OK;
  }
}
