package dev.tarn.image;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The two steps that the build runs: {@code stage} for each platform before Jib, {@code layout}
 * after it.
 */
public final class Main {
  private static final int MISUSED = 2;

  private Main() {}

  /** Arguments: the step, then {@code key=value} for each setting. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    String step = arguments.length == 0 ? "" : arguments[0];
    Settings settings =
        Settings.parse(
            Arrays.asList(arguments).subList(Math.min(1, arguments.length), arguments.length));
    switch (step) {
      case "stage" -> stage(settings);
      case "layout" -> new Layout(settings).write();
      default -> {
        System.err.println("usage: stage key=value… or layout key=value…");
        System.exit(MISUSED);
      }
    }
  }

  private static void stage(Settings settings) throws IOException, InterruptedException {
    Platform platform = Platform.named(settings.get("platform"));
    Path root = settings.image().resolve(platform.architecture());
    Tree.delete(root);
    // Jib takes a file for the one it packed before where its path and time are the same, and here
    // all times are: it would pack the jars of an earlier build.
    Tree.delete(settings.image().resolveSibling("jib-cache"));
    new JavaRuntime(platform, settings).linkTo(root);
    Application application = new Application(platform, settings, root);
    application.copyJars();
    Libraries libraries = Libraries.of(platform, root);
    if (settings.get("base").equals("scratch")) {
      Path system = settings.path("system");
      new SystemFiles(platform, system, root).copy(new LibrarySearch(libraries, system).find());
    } else {
      System.out.println(
          platform.architecture() + ": the base has to have " + libraries.demands());
    }
    // What is learnt is learnt of files with these times, and holds for no others.
    Tree.settle(root);
    if (settings.is("train") && platform.isOurs()) {
      application.train();
    }
    application.writeArgumentFiles();
    Tree.settle(root);
  }
}
