package dev.tarn.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which packages of a Debian system files are of: as dpkg has it, or as images without dpkg have it
 * ({@code status.d}, with a paragraph and the sums of a package's files). A tree of unpacked
 * packages has neither.
 */
final class Packages {
  private static final Pattern TOLD =
      Pattern.compile("(Package|Architecture|Version|Source|Maintainer): .*");

  private final Platform platform;
  private final Path system;

  /** By the paths of files. */
  private final Map<String, Owner> owners = new HashMap<>();

  /**
   * @param status the paragraph that dpkg has of it, as far as it says what it is
   */
  record Owner(String name, String status) {}

  private Packages(Platform platform, Path system) {
    this.platform = platform;
    this.system = system;
  }

  static Packages of(Platform platform, Path system) throws IOException {
    Packages packages = new Packages(platform, system);
    Path dpkg = system.resolve("var/lib/dpkg");
    if (Files.exists(dpkg.resolve("status"))) {
      packages.readInstalled(dpkg);
    }
    if (Files.isDirectory(dpkg.resolve("status.d"))) {
      packages.readUnpacked(dpkg.resolve("status.d"));
    }
    return packages;
  }

  private void readInstalled(Path dpkg) throws IOException {
    String suffix = ":" + platform.architecture();
    for (String paragraph : Files.readString(dpkg.resolve("status")).split("\n\n", -1)) {
      Optional<Owner> one = parse(paragraph);
      if (one.isPresent()) {
        String name = one.orElseThrow().name;
        for (String list : List.of(name + suffix + ".list", name + ".list")) {
          Path file = dpkg.resolve("info").resolve(list);
          if (Files.exists(file)) {
            Files.readAllLines(file).forEach(path -> owners.put(key(path), one.orElseThrow()));
          }
        }
      }
    }
  }

  private void readUnpacked(Path directory) throws IOException {
    for (Path file : Tree.files(directory, "")) {
      Path sums = file.resolveSibling(file.getFileName() + ".md5sums");
      if (Files.exists(sums)) {
        Optional<Owner> one = parse(Files.readString(file));
        if (one.isPresent()) {
          for (String line : Files.readAllLines(sums)) {
            owners.put(key(line.replaceFirst("^\\S+\\s+", "")), one.orElseThrow());
          }
        }
      }
    }
  }

  /** Empty if it is of another platform. */
  private Optional<Owner> parse(String paragraph) {
    List<String> told =
        paragraph.lines().filter(line -> TOLD.matcher(line).matches()).toList();
    if (!told.contains("Architecture: " + platform.architecture())) {
      return Optional.empty();
    }
    return field(told, "Package")
        .map(
            name ->
                new Owner(
                    name, told.stream().map(line -> line + "\n").collect(Collectors.joining())));
  }

  static Optional<String> field(List<String> paragraph, String name) {
    return paragraph.stream()
        .filter(line -> line.startsWith(name + ": "))
        .map(line -> line.substring(name.length() + 2))
        .findFirst();
  }

  /** The package that has a file of the system, or what a link leads to: sums name no links. */
  Optional<Owner> owner(Path file) throws IOException {
    Path target = system.toRealPath().relativize(file.toRealPath());
    return Optional.ofNullable(owners.get(key(system.relativize(file).toString())))
        .or(() -> Optional.ofNullable(owners.get(key(target.toString()))));
  }

  /** Without what differs: packages name files below /lib that are in /usr/lib, and reversed. */
  private static String key(String path) {
    return path.replaceFirst("^(\\./|/)?(usr/)?", "");
  }
}
