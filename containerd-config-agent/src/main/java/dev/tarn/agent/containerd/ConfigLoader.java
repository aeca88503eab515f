package dev.tarn.agent.containerd;

import dev.tarn.agent.files.HostRoot;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads a configuration and what it imports, in containerd's order: breadth first, the files of a
 * pattern by name, each file once. Only what a loaded file imports is followed, so a drop-in
 * directory that nothing imports does not count.
 */
final class ConfigLoader {
  private static final int MAX_FILES = 256;
  private static final int MAX_FILE_BYTES = 1 << 20;

  private final HostRoot host;

  ConfigLoader(HostRoot host) {
    this.host = host;
  }

  /** What was read. */
  sealed interface Loaded {
    /** At least one file, all of them readable. */
    record Complete(List<ConfigFile> files) implements Loaded {}

    /** There is no file, so that what is built into containerd counts. */
    record BuiltIn() implements Loaded {}

    /** Something that counts could not be read. */
    record Stuck(List<String> files, String why, String tell) implements Loaded {}
  }

  /** Why one file could not be read, or its content. */
  private sealed interface Content {
    record Text(String text) implements Content {}

    record Missing() implements Content {}

    record Failed(String why) implements Content {}
  }

  /**
   * Reads the main file and what it imports.
   *
   * @param path of the main file, as the host names it
   * @param required whether containerd was told of it, and does not start without
   * @param relativePatterns whether a relative pattern counts from the importing file, and not from
   *     the root directory, in which services run
   */
  Loaded load(String path, boolean required, boolean relativePatterns) {
    List<ConfigFile> files = new ArrayList<>();
    Set<String> loaded = new HashSet<>();
    Deque<String> pending = new ArrayDeque<>(List.of(normal(path)));
    while (!pending.isEmpty()) {
      String next = pending.removeFirst();
      if (!loaded.add(next)) {
        continue;
      }
      if (files.size() == MAX_FILES) {
        return stuck(files, "more than " + MAX_FILES + " files are imported", DUMP);
      }
      switch (read(next)) {
        case Content.Missing() -> {
          if (files.isEmpty() && !required) {
            return missingMain(next);
          }
          String by = files.isEmpty() ? "" : " is imported, and";
          return stuck(
              files,
              next + by + " is not there" + (host.isHere() ? "" : " or not mounted here"),
              host.isHere()
                  ? "containerd does not start without it: restore it, or take the import out"
                  : "mount it where this runs, or run `containerd config dump` on the node");
        }
        case Content.Failed(String why) -> {
          return stuck(files, next + " cannot be read: " + why, DUMP);
        }
        case Content.Text(String text) -> {
          switch (ConfigFile.parse(next, text)) {
            case ConfigFile.Parsed.Invalid(String why) -> {
              return stuck(files, next + " is not valid: " + why, DUMP);
            }
            case ConfigFile.Parsed.Valid(ConfigFile file) -> {
              files.add(file);
              for (String imported : file.imports()) {
                String absolute = absolute(next, imported, relativePatterns);
                if (imported.indexOf('*') < 0) {
                  pending.addLast(absolute);
                } else if (isOutOfSight(absolute, files)) {
                  return stuck(
                      files,
                      absolute + " is imported, and its directory is not mounted here",
                      "mount it where this runs, or run `containerd config dump` on the node");
                } else {
                  pending.addAll(Glob.expand(host, absolute));
                }
              }
            }
          }
        }
      }
    }
    return new Loaded.Complete(List.copyOf(files));
  }

  private static final String DUMP =
      "`containerd config dump` on the node says what containerd makes of it";

  private Loaded missingMain(String path) {
    String directory = parent(path);
    if (!host.isHere() && !host.exists(directory)) {
      return stuck(
          List.of(),
          directory + " is not mounted here, or containerd is configured elsewhere",
          "mount it where this runs, or name the configuration or the distribution");
    }
    return new Loaded.BuiltIn();
  }

  private Content read(String path) {
    try {
      Path here = host.resolve(path);
      if (!Files.exists(here)) {
        String target = host.name(here);
        return target.equals(path)
            ? new Content.Missing()
            : new Content.Failed("it leads to " + target + ", which is not there");
      }
      if (Files.size(here) > MAX_FILE_BYTES) {
        return new Content.Failed("it is larger than 1 MiB");
      }
      return new Content.Text(Files.readString(here, StandardCharsets.UTF_8));
    } catch (CharacterCodingException e) {
      return new Content.Failed("it is not UTF-8");
    } catch (AccessDeniedException e) {
      return new Content.Failed("no permission");
    } catch (IOException e) {
      return new Content.Failed(e.toString());
    }
  }

  /** Whether that directory may exist on the host though it does not exist here. */
  private boolean isOutOfSight(String pattern, List<ConfigFile> files) {
    if (host.isHere()) {
      return false;
    }
    String directory = parent(pattern.substring(0, pattern.indexOf('*')));
    if (host.exists(directory)) {
      return false;
    }
    for (ConfigFile file : files) {
      if (directory.startsWith(parent(file.path()) + "/")) {
        return false;
      }
    }
    return true;
  }

  private static String absolute(String importer, String imported, boolean relativePatterns) {
    if (imported.startsWith("/")) {
      return normal(imported);
    }
    boolean fromImporter = relativePatterns || imported.indexOf('*') < 0;
    return normal((fromImporter ? parent(importer) : "") + "/" + imported);
  }

  /** As Go cleans a path: by its text, without a look at links. */
  private static String normal(String path) {
    Deque<String> segments = new ArrayDeque<>();
    for (String segment : path.split("/", -1)) {
      if (segment.equals("..")) {
        segments.pollLast();
      } else if (!segment.isEmpty() && !segment.equals(".")) {
        segments.addLast(segment);
      }
    }
    return "/" + String.join("/", segments);
  }

  private static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash <= 0 ? "/" : path.substring(0, slash);
  }

  private static Loaded stuck(List<ConfigFile> files, String why, String tell) {
    return new Loaded.Stuck(files.stream().map(ConfigFile::path).toList(), why, tell);
  }
}
