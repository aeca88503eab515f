package dev.tarn.agent.tree;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A tree as it is: names, kinds, modes, owners and contents. */
record Snapshot(Map<String, String> entries) {
  static Snapshot of(Path root) {
    Map<String, String> entries = new TreeMap<>();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path path : (Iterable<Path>) all::iterator) {
        entries.put(root.relativize(path).toString(), describe(path));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Snapshot(entries);
  }

  private static String describe(Path path) throws IOException {
    Map<String, Object> found =
        Files.readAttributes(path, "unix:mode,uid,gid", LinkOption.NOFOLLOW_LINKS);
    String content = "";
    if (Files.isSymbolicLink(path)) {
      content = Files.readSymbolicLink(path).toString();
    } else if (Files.isRegularFile(path)) {
      content = new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1);
    }
    return Integer.toOctalString((Integer) found.get("mode"))
        + " "
        + found.get("uid")
        + ":"
        + found.get("gid")
        + " "
        + content;
  }
}
