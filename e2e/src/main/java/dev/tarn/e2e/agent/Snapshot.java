package dev.tarn.e2e.agent;

import dev.tarn.e2e.image.Hashing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What stands under some directories: every name, relative to where the directories are, and of
 * each its kind, mode, owner and content.
 */
public final class Snapshot {
  private static final String ATTRIBUTES = "unix:mode,uid,gid";
  private static final String OURS = ".tarn";
  private static final String ABSENT = "(not there)";

  private final SortedMap<Path, String> entries = new TreeMap<>();

  private Snapshot() {}

  /**
   * Directories that are not there count as empty and absent; what lies beside them and is called
   * as the agent calls its own counts too.
   */
  public static Snapshot of(Path base, List<String> directories) {
    Snapshot snapshot = new Snapshot();
    for (String name : withLeftovers(base, directories)) {
      Path directory = base.resolve(name);
      if (Files.notExists(directory, LinkOption.NOFOLLOW_LINKS)) {
        continue;
      }
      try (Stream<Path> all = Files.walk(directory)) {
        all.forEach(path -> snapshot.entries.put(base.relativize(path), describe(path)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return snapshot;
  }

  private static List<String> withLeftovers(Path base, List<String> directories) {
    List<String> names = new ArrayList<>(directories);
    try (Stream<Path> beside = Files.list(base)) {
      beside
          .map(path -> path.getFileName().toString())
          .filter(name -> name.startsWith(OURS))
          .forEach(names::add);
      return names;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String describe(Path path) {
    try {
      Map<String, Object> attributes =
          Files.readAttributes(path, ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
      return "%o %s:%s %s"
          .formatted(
              (Integer) attributes.get("mode"),
              attributes.get("uid"),
              attributes.get("gid"),
              content(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String content(Path path) throws IOException {
    if (Files.isSymbolicLink(path)) {
      return "-> " + Files.readSymbolicLink(path);
    }
    return Files.isRegularFile(path) ? Hashing.digest(path) : "";
  }

  /** What is otherwise there, a line each; empty where nothing is. */
  public List<String> differences(Snapshot later) {
    SortedSet<Path> paths = new TreeSet<>(entries.keySet());
    paths.addAll(later.entries.keySet());
    List<String> differences = new ArrayList<>();
    for (Path path : paths) {
      String before = entries.getOrDefault(path, ABSENT);
      String after = later.entries.getOrDefault(path, ABSENT);
      if (!before.equals(after)) {
        differences.add(path + ": was " + before + ", is " + after);
      }
    }
    return differences;
  }
}
