package dev.tarn.e2e.container;

import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Tools;
import dev.tarn.e2e.run.Need;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What an earlier commit shipped: its image, and its chart. The commit stands in {@code
 * e2e/earlier-release}; it is built once, into the cache that tools are kept in.
 */
public record EarlierRelease(String commit, ShippedImage image, Path chart) {
  private static final String PIN = "e2e/earlier-release";
  private static final String LAYOUT = "oci";
  private static final String CHART = "chart";
  private static final Duration LIMIT = Duration.ofMinutes(2);

  public static List<Need> needs() {
    return List.of(
        Need.debian("git", "git"),
        new Need(
            "the commit that " + PIN + " names",
            "git fetch --unshallow, or a clone with its history",
            EarlierRelease::isAtHand));
  }

  private static boolean isAtHand() {
    try {
      String commit = pinned();
      Process look =
          new ProcessBuilder("git", "-C", repository(), "cat-file", "-e", commit + "^{commit}")
              .redirectErrorStream(true)
              .start();
      look.getInputStream().readAllBytes();
      return look.waitFor() == 0 || Files.isDirectory(place(commit).resolve(LAYOUT));
    } catch (IOException unknown) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Builds it where that was not done before; what that prints goes to the directory. */
  public static EarlierRelease build(Path directory) {
    String commit = pinned();
    Path place = place(commit);
    try {
      Files.createDirectories(place.getParent());
      // Two suites that start at once build it once.
      try (FileChannel channel =
              FileChannel.open(
                  place.resolveSibling("." + commit + ".lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock held = channel.lock()) {
        if (held.isValid() && !Files.isDirectory(place)) {
          make(commit, place, directory);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new EarlierRelease(commit, ShippedImage.at(place.resolve(LAYOUT)), place.resolve(CHART));
  }

  private static void make(String commit, Path place, Path directory) throws IOException {
    Path sources = Files.createDirectories(directory.resolve("earlier-sources"));
    Path archive = directory.resolve("earlier-sources.tar");
    run(
        directory,
        List.of("git", "-C", repository(), "archive", "--output", archive.toString(), commit));
    run(directory, List.of("tar", "-C", sources.toString(), "-xf", archive.toString()));
    Files.delete(archive);
    Path layout = ShippedImage.build(sources, directory).layout();
    // Whole or not at all: what has the final name is complete.
    Path unfinished = place.resolveSibling("." + commit + ".unfinished");
    run(directory, List.of("rm", "-rf", unfinished.toString()));
    Files.createDirectories(unfinished);
    copy(directory, layout, unfinished.resolve(LAYOUT));
    copy(directory, sources.resolve("helm/tarn"), unfinished.resolve(CHART));
    run(directory, List.of("rm", "-rf", sources.toString()));
    Files.move(unfinished, place, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void copy(Path directory, Path from, Path to) {
    run(directory, List.of("cp", "-r", from.toString(), to.toString()));
  }

  private static void run(Path directory, List<String> command) {
    Child.run("earlier-" + command.getFirst(), directory, Map.of(), command, LIMIT).orFail();
  }

  private static String pinned() {
    try {
      return Files.readString(Tools.repository().resolve(PIN)).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String repository() {
    return Tools.repository().toString();
  }

  private static Path place(String commit) {
    return Tools.cache().resolve("releases").resolve(commit);
  }
}
