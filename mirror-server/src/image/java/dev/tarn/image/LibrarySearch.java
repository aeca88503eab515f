package dev.tarn.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Looks in a Debian system for the libraries that an image needs and does not have, and for those
 * that they need in turn.
 */
final class LibrarySearch {
  /** How many of those who need something are named. */
  private static final int NAMED = 3;

  private final Libraries image;
  private final List<Path> directories;
  private final SortedMap<String, Path> found = new TreeMap<>();
  private final SortedMap<String, ElfFile> read = new TreeMap<>();

  /** What is not there, and who needs it. */
  private final SortedMap<String, SortedSet<String>> missing = new TreeMap<>();

  private final Queue<User> users = new ArrayDeque<>();

  /** Who needs libraries. */
  private record User(String name, ElfFile file) {}

  /**
   * @param system the root of a Debian system of the image's platform
   */
  LibrarySearch(Libraries image, Path system) {
    this.image = image;
    String triplet = image.platform().triplet();
    // The second one where links from /lib to /usr/lib are not unpacked.
    this.directories =
        List.of(system.resolve("lib").resolve(triplet), system.resolve("usr/lib").resolve(triplet));
  }

  /**
   * The files, by the names that programs ask for; the loader is one of them.
   *
   * @throws IOException if one is not there, has not the versions that are needed, or is for
   *     another platform, too: its message says who needs it, and where it was looked for
   */
  SortedMap<String, Path> find() throws IOException {
    image.files().forEach((name, file) -> users.add(new User(name, file)));
    while (!users.isEmpty()) {
      User user = users.remove();
      for (String name : needed(user.file)) {
        find(name, user);
      }
      user.file.versionsNeeded().forEach((name, versions) -> check(name, versions, user));
    }
    if (!missing.isEmpty()) {
      throw new IOException(tell());
    }
    return found;
  }

  private static List<String> needed(ElfFile file) {
    List<String> needed = new ArrayList<>(file.needed());
    file.loader().ifPresent(loader -> needed.add(loader.substring(loader.lastIndexOf('/') + 1)));
    return needed;
  }

  private void find(String name, User user) throws IOException {
    if (image.has(name) || found.containsKey(name)) {
      return;
    }
    for (Path directory : directories) {
      Path path = directory.resolve(name);
      if (Files.exists(path)) {
        ElfFile file =
            ElfReader.read(path).orElseThrow(() -> new IOException(path + " is no library"));
        Libraries.check(image.platform(), path.toString(), file);
        found.put(name, path);
        read.put(name, file);
        users.add(new User(path.toString(), file));
        return;
      }
    }
    missing(name, user);
  }

  private void check(String name, Set<String> versions, User user) {
    ElfFile file = read.get(name);
    if (file != null) {
      for (String version : versions) {
        if (!file.versions().contains(version)) {
          missing(version + " of " + name, user);
        }
      }
    }
  }

  private void missing(String what, User user) {
    missing.computeIfAbsent(what, key -> new TreeSet<>()).add(user.name);
  }

  private String tell() {
    StringBuilder text = new StringBuilder();
    text.append("the image for ")
        .append(image.platform().architecture())
        .append(" lacks libraries, looked for in ")
        .append(directories.getFirst())
        .append(" and ")
        .append(directories.getLast())
        .append(':');
    for (Map.Entry<String, SortedSet<String>> one : missing.entrySet()) {
      int others = one.getValue().size() - NAMED;
      text.append("\n  ").append(one.getKey()).append(", needed by ");
      text.append(one.getValue().stream().limit(NAMED).collect(Collectors.joining(", ")));
      text.append(others > 0 ? " and " + others + " more" : "");
    }
    return text.toString();
  }
}
