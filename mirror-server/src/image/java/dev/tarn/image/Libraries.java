package dev.tarn.image;

import java.io.IOException;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The programs and shared libraries of an image, and what they need of the system on which they
 * lie, as their files say. What a library loads by name while it runs is told by no file: of glibc
 * that is, since 2.34, nothing that Java uses.
 */
final class Libraries {
  /** As GLIBC_2.38 is, and GLIBC_PRIVATE is not. */
  private static final Pattern NUMBERED = Pattern.compile("[A-Z]+_\\d[\\d.]*");

  private final Platform platform;
  private final SortedMap<String, ElfFile> files;
  private final Set<String> names;

  private Libraries(Platform platform, SortedMap<String, ElfFile> files) {
    this.platform = platform;
    this.files = files;
    this.names =
        files.keySet().stream()
            .map(path -> path.substring(path.lastIndexOf('/') + 1))
            .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Reads what was laid out so far.
   *
   * @throws IOException if a file is for another platform, too
   */
  static Libraries of(Platform platform, Path root) throws IOException {
    SortedMap<String, ElfFile> files = new TreeMap<>();
    for (Path path : Tree.regularFiles(root)) {
      Optional<ElfFile> file = ElfReader.read(path);
      if (file.isPresent()) {
        String name = "/" + root.relativize(path);
        check(platform, name, file.orElseThrow());
        files.put(name, file.orElseThrow());
      }
    }
    return new Libraries(platform, files);
  }

  /** That a file can be loaded on a platform, as far as what it depends on goes. */
  static void check(Platform platform, String name, ElfFile file) throws IOException {
    if (file.machine() != platform.machine()) {
      throw new IOException(
          "%s is not for %s: its ELF machine is %d, not %d"
              .formatted(name, platform.architecture(), file.machine(), platform.machine()));
    }
    String loader = "/" + platform.loader();
    if (!file.loader().orElse(loader).equals(loader)) {
      throw new IOException(
          name + " is made for the loader " + file.loader().orElseThrow() + ", not " + loader);
    }
  }

  Platform platform() {
    return platform;
  }

  /** By their paths in the image. */
  SortedMap<String, ElfFile> files() {
    return files;
  }

  /**
   * Whether the image has a library of this name. In which of its directories does not matter: the
   * JVM loads its libraries by their paths, and the loader takes one that is loaded already.
   */
  boolean has(String name) {
    return names.contains(name);
  }

  /** What a base has to have: the libraries' names, each with the newest version of its symbols. */
  String demands() {
    SortedMap<String, String> newest = new TreeMap<>();
    for (ElfFile file : files.values()) {
      for (String name : file.needed()) {
        if (!has(name)) {
          file.versionsNeeded().getOrDefault(name, Set.of()).stream()
              .filter(NUMBERED.asMatchPredicate())
              .max(Comparator.comparing(Libraries::number))
              .ifPresentOrElse(
                  version -> newest.merge(name, version, Libraries::newer),
                  () -> newest.putIfAbsent(name, ""));
        }
      }
    }
    return newest.entrySet().stream().map(Libraries::tell).collect(Collectors.joining(", "));
  }

  private static String tell(Map.Entry<String, String> demand) {
    return demand.getValue().isEmpty()
        ? demand.getKey()
        : demand.getKey() + " (" + demand.getValue() + ")";
  }

  private static String newer(String one, String other) {
    return one.isEmpty() || number(one).compareTo(number(other)) < 0 ? other : one;
  }

  private static Version number(String version) {
    return Version.parse(version.substring(version.indexOf('_') + 1));
  }
}
