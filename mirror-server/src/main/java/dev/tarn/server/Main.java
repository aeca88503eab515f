package dev.tarn.server;

import dev.tarn.server.logging.LogbackProvider;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The entry point. What a node runs, {@code serve}, is understood here; everything else goes to
 * {@link CommandLineInterface}, whose parser a starting node should not have to load.
 */
public final class Main {
  private static final String CONFIG = "--config";

  private Main() {}

  public static void main(String[] arguments) {
    LogbackProvider.select();
    PrintStream out = utf8(FileDescriptor.out);
    PrintStream err = utf8(FileDescriptor.err);
    int status = run(arguments, System.getenv(), out, err);
    out.flush();
    err.flush();
    System.exit(status);
  }

  /** Runs what {@code arguments} say and answers the exit status. */
  static int run(
      String[] arguments, Map<String, String> environment, PrintStream out, PrintStream err) {
    Function<Optional<Path>, Integer> serve = file -> Serve.run(file, environment, out, err);
    if (arguments.length == 1 && arguments[0].equals("serve")) {
      return serve.apply(Optional.empty());
    }
    if (arguments.length == 3 && arguments[0].equals("serve") && arguments[1].equals(CONFIG)) {
      return serve.apply(Optional.of(Path.of(arguments[2])));
    }
    return CommandLineInterface.run(arguments, environment, out, err);
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
