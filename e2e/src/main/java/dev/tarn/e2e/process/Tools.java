package dev.tarn.e2e.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Where the programs are that suites start: on the PATH, or built by e2e/tools/build. */
public final class Tools {
  private Tools() {}

  /** The repository that this harness belongs to. */
  public static Path repository() {
    return Path.of(System.getProperty("tarn.repository", ".")).toAbsolutePath().normalize();
  }

  /** Where what is built once is kept, outside the repository; as e2e/tools/build has it. */
  public static Path cache() {
    Map<String, String> environment = System.getenv();
    String home = environment.getOrDefault("HOME", "/root");
    String caches = environment.getOrDefault("XDG_CACHE_HOME", home + "/.cache");
    return Path.of(environment.getOrDefault("TARN_CACHE", caches + "/tarn"));
  }

  public static Optional<Path> onPath(String command) {
    String path = System.getenv().getOrDefault("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin";
    return Arrays.stream(path.split(":", -1))
        .filter(directory -> !directory.isEmpty())
        .map(directory -> Path.of(directory, command))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** The directory that a program is in. */
  public static Path directoryOf(Path program) {
    return Objects.requireNonNull(program.getParent(), "a program's path is absolute");
  }

  /** The directory of an already built tool's programs. */
  public static Optional<Path> built(String tool) {
    return run(List.of("--path", tool), false);
  }

  /** The directory of a tool's programs, built now if it was not. */
  public static Path build(String tool) {
    return run(List.of(tool), true)
        .orElseThrow(() -> new IllegalStateException("e2e/tools/build " + tool + " failed"));
  }

  /** The newest version under e2e/tools whose name starts like that, such as "containerd-2". */
  public static String version(String prefix) {
    try (Stream<Path> tools = Files.list(repository().resolve("e2e/tools"))) {
      return tools
          .map(tool -> tool.getFileName().toString())
          .filter(name -> name.startsWith(prefix))
          .max(Tools::compareVersions)
          .orElseThrow(() -> new IllegalStateException("nothing under e2e/tools: " + prefix));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int compareVersions(String a, String b) {
    String[] left = a.split("[.-]", -1);
    String[] right = b.split("[.-]", -1);
    for (int i = 0; i < Math.min(left.length, right.length); i++) {
      int order =
          left[i].length() == right[i].length()
              ? left[i].compareTo(right[i])
              : Integer.compare(left[i].length(), right[i].length());
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(left.length, right.length);
  }

  private static Optional<Path> run(List<String> arguments, boolean show) {
    List<String> command = new ArrayList<>();
    command.add(repository().resolve("e2e/tools/build").toString());
    command.addAll(arguments);
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectError(
                  show ? ProcessBuilder.Redirect.INHERIT : ProcessBuilder.Redirect.DISCARD)
              .start();
      process.getOutputStream().close();
      String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0 ? Optional.of(Path.of(printed.strip())) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while building " + arguments, e);
    }
  }
}
