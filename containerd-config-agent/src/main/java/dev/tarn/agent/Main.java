package dev.tarn.agent;

import dev.tarn.agent.logging.LogbackProvider;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The entry point. What a pod runs, {@code run --config FILE}, is understood here; everything else
 * goes to {@link Commands}, whose parser an agent that follows a node should not have to keep.
 */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    LogbackProvider.select();
    PrintStream out = utf8(FileDescriptor.out);
    PrintStream err = utf8(FileDescriptor.err);
    int status = run(arguments, out, err);
    out.flush();
    err.flush();
    if (isTraining(arguments)) {
      Runtime.getRuntime()
          .halt(status); // An exit logs by the JDK's means, which are not to be learnt.
    }
    System.exit(status);
  }

  /** Runs what {@code arguments} say and answers the exit status. */
  static int run(String[] arguments, PrintStream out, PrintStream err) {
    if (arguments.length == 3 && arguments[0].equals("run") && arguments[1].equals("--config")) {
      return Run.run(Optional.of(Path.of(arguments[2])), Map.of(), out, err);
    }
    if (isTraining(arguments)) {
      return Training.run(out); // Without that parser, too: what is learnt is what is kept.
    }
    return Commands.run(arguments, out, err);
  }

  private static boolean isTraining(String[] arguments) {
    return arguments.length == 1 && arguments[0].equals("train");
  }

  /** The version of this build, from the jar that it runs from. */
  static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  private static PrintStream utf8(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }
}
