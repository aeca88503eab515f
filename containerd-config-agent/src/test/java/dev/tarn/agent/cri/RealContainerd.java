package dev.tarn.agent.cri;

import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A real containerd with every path of its own, in a mount namespace of its own. Only where there
 * is one: those that {@code TARN_TEST_CONTAINERD} names, else the one on the {@code PATH}.
 */
public final class RealContainerd implements Closeable {
  private static final Duration START_LIMIT = Duration.ofMinutes(1);
  private static final Pattern VERSION = Pattern.compile(" v?(\\d+)\\.(\\d+)\\.\\d+");
  private static final int POLL_MILLIS = 20;
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

  private final Path program;
  private final Path directory;
  private Process process;

  private RealContainerd(Path program, Path directory) throws IOException {
    this.program = program;
    this.directory = directory;
    this.process = launch(program, directory);
  }

  /** Those that can be tried here; none for who is not root. */
  public static Stream<Path> programs() {
    if (!"root".equals(System.getProperty("user.name"))) {
      return Stream.empty();
    }
    String named = System.getenv("TARN_TEST_CONTAINERD");
    if (named != null) {
      return Arrays.stream(named.split(File.pathSeparator)).map(Path::of);
    }
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .map(each -> Path.of(each, "containerd"))
        .filter(Files::isExecutable)
        .limit(1);
  }

  /** Its version, as {@code 207} for 2.7. */
  public static int version(Path program) throws IOException, InterruptedException {
    Process asked = new ProcessBuilder(program.toString(), "--version").start();
    String said = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    asked.waitFor();
    Matcher matcher = VERSION.matcher(said);
    if (!matcher.find()) {
      throw new IOException(said);
    }
    return Integer.parseInt(matcher.group(1)) * 100 + Integer.parseInt(matcher.group(2));
  }

  /** A configuration without any table of the CRI plugin; {@code version} 2 or 3. */
  public static String configuration(Path directory, int version) {
    return """
    version = %2$d
    root = "%1$s/root"
    state = "%1$s/state"
    disabled_plugins = ["io.containerd.nri.v1.nri", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.devmapper"]

    [grpc]
      address = "%1$s/c.sock"

    [plugins."io.containerd.internal.v1.opt"]
      path = "%1$s/opt"
    """
        .formatted(directory, version);
  }

  /** The tables of the CRI plugin that a test's containerd needs, without its registry. */
  public static String images(int version) {
    return version == 2
        ? """

        [plugins."io.containerd.grpc.v1.cri".containerd]
          snapshotter = "native"
        """
        : """

        [plugins."io.containerd.cri.v1.images"]
          snapshotter = "native"
        """;
  }

  /** Starts it with {@code config.toml} of that directory, and waits until its socket answers. */
  public static RealContainerd start(Path program, Path directory)
      throws IOException, InterruptedException {
    RealContainerd containerd = new RealContainerd(program, directory);
    containerd.awaitSocket();
    return containerd;
  }

  public Path socket() {
    return directory.resolve("c.sock");
  }

  /** Starts it again, with what its configuration says now; does not wait. */
  public void restart() throws IOException {
    close();
    process = launch(program, directory);
  }

  public boolean alive() {
    return process.isAlive();
  }

  public long pid() {
    return process.pid();
  }

  /** What {@code ctr} prints in the namespace of Kubernetes. */
  public String ctr(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    Path beside = program.resolveSibling("ctr");
    command.add(Files.exists(beside) ? beside.toString() : "ctr");
    command.addAll(List.of("--address", socket().toString(), "--namespace", "k8s.io"));
    command.addAll(List.of(arguments));
    Process asked =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    return new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private static Process launch(Path program, Path directory) throws IOException {
    return new ProcessBuilder(
            "unshare",
            "--mount",
            "--propagation",
            "private",
            program.toString(),
            "--config",
            directory.resolve("config.toml").toString())
        .redirectErrorStream(true)
        .redirectOutput(
            ProcessBuilder.Redirect.appendTo(directory.resolve("containerd.log").toFile()))
        .start();
  }

  private void awaitSocket() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (new Cri(socket()).version(Duration.ofSeconds(5)).isEmpty()) {
      if (process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline) {
        throw new IOException(Files.readString(directory.resolve("containerd.log")));
      }
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
      Files.deleteIfExists(socket());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
