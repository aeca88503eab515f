package dev.tarn.server;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tarn invalidate}. */
@Command(
    name = "invalidate",
    description = {
      "Have the node forget what it knows of a tag, or of all tags of a repository, so that the"
          + " next pull asks upstream.",
      "",
      "For a tag that moved although it is declared immutable, or before its maxAge is over. One"
          + " node forgets: run it on each. Content stays in the cache, under its digest."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tarn invalidate docker.io/library/nginx:1.27",
      "  tarn invalidate ghcr.io/team/app            (all its tags)"
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:The node knows nothing of it any more, or knew nothing before.",
      "1:The node was not reached or refused; the reason is on standard error.",
      "2:The command line was not understood, or REFERENCE names no tag."
    },
    mixinStandardHelpOptions = true)
final class InvalidateCommand implements Callable<Integer> {
  private final CommandContext context;

  @Mixin private final AdminOptions admin = new AdminOptions();

  @Parameters(
      paramLabel = "REFERENCE",
      description = {
        "An image with its tag, or a repository. As for containerd, nginx:1.27 is",
        "docker.io/library/nginx:1.27."
      })
  private String reference = "";

  InvalidateCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    if (!Invalidate.isTag(reference, context.err())) {
      return ExitStatus.USAGE;
    }
    return new Invalidate(Asking.of(admin, context), context.out()).run(reference);
  }
}
