package dev.tarn.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Tarn in an image, below {@code /opt/tarn}: jars, native libraries, what the JVM has learnt,
 * argument files.
 */
final class Application {
  private static final String HOME = "opt/tarn";

  /** A program of the image. */
  private enum Program {
    SERVER("server", "dev.tarn.server.Main", "train"),
    AGENT("agent", "dev.tarn.agent.Main", "agent");

    private final String directory;
    private final String main;
    private final String training;

    Program(String directory, String main, String training) {
      this.directory = directory;
      this.main = main;
      this.training = training;
    }

    String cache() {
      return HOME + "/" + directory + ".aot";
    }
  }

  private final Platform platform;
  private final Settings settings;
  private final Path root;

  Application(Platform platform, Settings settings, Path root) {
    this.platform = platform;
    this.settings = settings;
    this.root = root;
  }

  void copyJars() throws IOException {
    copyAll(Tree.files(settings.server().resolve("tarn/lib"), ".jar"), Program.SERVER.directory);
    copyAll(Tree.files(settings.agent().resolve("tarn/lib"), ".jar"), Program.AGENT.directory);
    Path natives = settings.server().resolve("tarn/native");
    copyAll(Tree.files(natives, platform.netty() + ".so"), "native");
    copyAll(Tree.files(natives, ".txt"), "native");
    Tree.copy(settings.top().resolve("LICENSE"), root.resolve(HOME).resolve("LICENSE"));
  }

  private void copyAll(List<Path> files, String directory) throws IOException {
    for (Path file : files) {
      Tree.copy(file, root.resolve(HOME).resolve(directory).resolve(file.getFileName()));
    }
  }

  /** Runs both programs as the launcher does, with the image's own runtime and jars. */
  void train() throws IOException, InterruptedException {
    for (Program program : Program.values()) {
      List<String> command = new ArrayList<>();
      command.add(root.resolve("opt/java/bin/java").toString());
      command.add("@" + launch("common"));
      command.add("@" + launch(program.training));
      command.add("-XX:AOTCacheOutput=" + root.resolve(program.cache()));
      command.addAll(location(program, root));
      command.add("train");
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      Path log = settings.image().resolve(program.directory + ".training.log");
      builder.redirectOutput(log.toFile());
      builder
          .environment()
          .keySet()
          .removeIf(
              name ->
                  name.startsWith("TARN_")
                      || name.endsWith("JAVA_OPTIONS")
                      || name.equals("JAVA_TOOL_OPTIONS"));
      int status = builder.start().waitFor();
      if (status != 0 || !Files.exists(root.resolve(program.cache()))) {
        throw new IOException("training ended with " + status + ", see " + log);
      }
    }
  }

  /**
   * One for each way that the launcher starts a process: its options, the place of everything in
   * the image, and the class to start. What follows them on a command line are its arguments.
   */
  void writeArgumentFiles() throws IOException {
    writeArgumentFile("serve", Program.SERVER, "serve");
    writeArgumentFile("tool", Program.SERVER, "tool");
    writeArgumentFile("agent", Program.AGENT, "agent");
    writeArgumentFile("agent-tool", Program.AGENT, "tool");
  }

  private void writeArgumentFile(String name, Program program, String options) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.addAll(Files.readAllLines(launch("common")));
    lines.addAll(Files.readAllLines(launch(options)));
    // Without a cache of its own a JVM looks for the JDK's, which jlink leaves out, and complains.
    boolean trained = Files.exists(root.resolve(program.cache()));
    lines.add(trained ? "-XX:AOTCache=/" + program.cache() : "-Xshare:off");
    if (program == Program.SERVER) {
      // There is no /tmp, which Netty warns of, and nothing that it would unpack.
      lines.add("-Dio.netty.tmpdir=/");
    }
    lines.addAll(location(program, Path.of("/")));
    Tree.write(root.resolve(HOME).resolve(name + ".args"), String.join("\n", lines) + "\n");
  }

  private Path launch(String name) {
    return settings.top().resolve("mirror-server/src/main/launch").resolve(name + ".args");
  }

  /** Where the program lies, seen from a root, and its main class. */
  private List<String> location(Program program, Path seen) throws IOException {
    Path home = seen.resolve(HOME);
    String classPath =
        Tree.files(root.resolve(HOME).resolve(program.directory), ".jar").stream()
            .map(jar -> home.resolve(program.directory).resolve(jar.getFileName()).toString())
            .collect(Collectors.joining(":"));
    return List.of("-Djava.library.path=" + home.resolve("native"), "-cp", classPath, program.main);
  }
}
