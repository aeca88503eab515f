package dev.tarn.agent.setup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a file imports, as containerd resolves it, with one file in another's place. */
final class Imports {
  private static final String META = "*?[\\";

  private final HostFiles files;
  private final String importer;
  private final List<String> imports;

  Imports(HostFiles files, String importer, List<String> imports) {
    this.files = files;
    this.importer = importer;
    this.imports = imports;
  }

  /** Where a new file of that name is imported from: the last pattern that it fits. */
  Optional<String> placeFor(String name) {
    for (int i = imports.size() - 1; i >= 0; i--) {
      Optional<Pattern> pattern = Pattern.parse(absolute(imports.get(i)));
      if (pattern.isPresent() && pattern.get().matches(name)) {
        return Optional.of(pattern.get().directory() + "/" + name);
      }
    }
    return Optional.empty();
  }

  /** They all, as absolute paths. */
  List<String> all() throws IOException {
    return with("/", "/");
  }

  /** They all, with {@code other} where {@code path} is or would be. */
  List<String> with(String path, String other) throws IOException {
    List<String> all = new ArrayList<>();
    for (String each : imports) {
      String absolute = absolute(each);
      Optional<Pattern> pattern = Pattern.parse(absolute);
      if (pattern.isEmpty()) {
        all.add(absolute.equals(path) ? other : absolute);
        continue;
      }
      for (String found : matching(pattern.get(), path)) {
        all.add(found.equals(path) ? other : found);
      }
    }
    return all;
  }

  private List<String> matching(Pattern pattern, String path) throws IOException {
    List<String> names = new ArrayList<>(files.list(pattern.directory()));
    Path place = Path.of(path);
    String name = String.valueOf(place.getFileName());
    if (pattern.directory().equals(String.valueOf(place.getParent())) && !names.contains(name)) {
      names.add(name);
      names.sort(null);
    }
    List<String> found = new ArrayList<>();
    for (String each : names) {
      if (pattern.matches(each)) {
        found.add(pattern.directory() + "/" + each);
      }
    }
    return found;
  }

  private String absolute(String path) {
    return Path.of(importer).resolveSibling(path).normalize().toString();
  }

  /** A pattern whose only star is in its last segment: {@code /etc/containerd/conf.d/*.toml}. */
  private record Pattern(String directory, String before, String after) {
    static Optional<Pattern> parse(String path) {
      int slash = path.lastIndexOf('/');
      int star = path.indexOf('*');
      if (slash <= 0 || star < slash || has(META, path.replaceFirst("\\*", ""))) {
        return Optional.empty();
      }
      return Optional.of(
          new Pattern(
              path.substring(0, slash), path.substring(slash + 1, star), path.substring(star + 1)));
    }

    private static boolean has(String any, String text) {
      return text.chars().anyMatch(c -> any.indexOf(c) >= 0);
    }

    boolean matches(String name) {
      return name.length() >= before.length() + after.length()
          && name.startsWith(before)
          && name.endsWith(after);
    }
  }
}
