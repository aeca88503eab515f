package dev.tarn.server;

import dev.tarn.server.console.Http;
import dev.tarn.server.console.Json;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tarn status}. */
@Command(
    name = "status",
    description = {
      "Show how a node is, what is wrong with it and what to do, and what it did in the last hour.",
      "",
      "With --cluster its members as well, as they say themselves. No name of a repository is told,"
          + " so no token is needed."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tarn status",
      "  tarn status --cluster",
      "  tarn status --cluster -o json",
      "  kubectl -n tarn exec POD -c tarn -- /opt/java/bin/java @/opt/tarn/tool.args status"
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:It is fine.",
      "1:The node was not reached, or does not say; the reason is on standard error.",
      "2:The command line was not understood.",
      "3:It needs attention.",
      "4:It is in trouble."
    },
    mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
  private final CommandContext context;

  @Mixin private final AdminOptions admin = new AdminOptions();
  @Mixin private final OutputOptions output = new OutputOptions();

  @Option(names = "--cluster", description = "Its members, too.")
  private boolean cluster;

  StatusCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    return Asking.of(admin, context)
        .ask(cluster ? "/api/v1/cluster" : "/api/v1/status", "verdict", this::show);
  }

  private int show(Http.Answer answer, Json status) {
    switch (output.format()) {
      case JSON -> Asking.copy(answer, context.out());
      case TEXT -> {
        if (cluster) {
          new ClusterText(context.out()).print(status);
        } else {
          new StatusText(context.out()).print(status);
        }
      }
    }
    return switch (status.text("verdict")) {
      case "fine" -> ExitStatus.OK;
      case "attention" -> ExitStatus.ATTENTION;
      // A later version may know worse.
      default -> ExitStatus.TROUBLE;
    };
  }
}
