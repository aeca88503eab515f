package dev.tarn.agent.containerd;

import dev.tarn.agent.files.HostRoot;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Go's {@code filepath.Glob} on the host's files: names in the order of their bytes, a star that
 * matches dots but no slash, and silence about what cannot be read.
 */
final class Glob {
  private Glob() {}

  static List<String> expand(HostRoot host, String pattern) {
    List<String> found = List.of("");
    boolean listed = false;
    for (String segment : pattern.substring(1).split("/", -1)) {
      listed = hasMeta(segment);
      List<String> next = new ArrayList<>();
      for (String directory : found) {
        if (hasMeta(segment)) {
          for (String name : names(host, directory)) {
            if (matches(segment, 0, name, 0)) {
              next.add(directory + "/" + name);
            }
          }
        } else {
          next.add(directory + "/" + segment);
        }
      }
      found = next;
    }
    return listed ? found : found.stream().filter(host::exists).toList();
  }

  private static boolean hasMeta(String text) {
    return text.indexOf('*') >= 0 || text.indexOf('?') >= 0 || text.indexOf('[') >= 0;
  }

  private static List<String> names(HostRoot host, String directory) {
    List<String> names = new ArrayList<>();
    try {
      Path here = host.resolve(directory);
      if (!Files.isDirectory(here)) {
        return names;
      }
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(here)) {
        for (Path entry : entries) {
          names.add(String.valueOf(entry.getFileName()));
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return names;
    }
    names.sort(null);
    return names;
  }

  static boolean matches(String pattern, String name) {
    return matches(pattern, 0, name, 0);
  }

  private static boolean matches(String pattern, int p, String name, int n) {
    if (p == pattern.length()) {
      return n == name.length();
    }
    char c = pattern.charAt(p);
    if (c == '*') {
      for (int rest = n; rest <= name.length(); rest++) {
        if (matches(pattern, p + 1, name, rest)) {
          return true;
        }
      }
      return false;
    }
    if (n == name.length()) {
      return false;
    }
    if (c == '?') {
      return matches(pattern, p + 1, name, n + 1);
    }
    if (c == '[') {
      int end = pattern.indexOf(']', p + 2);
      return end > 0
          && inClass(pattern.substring(p + 1, end), name.charAt(n))
          && matches(pattern, end + 1, name, n + 1);
    }
    int literal = c == '\\' && p + 1 < pattern.length() ? p + 1 : p;
    return pattern.charAt(literal) == name.charAt(n) && matches(pattern, literal + 1, name, n + 1);
  }

  private static boolean inClass(String set, char c) {
    boolean negated = set.startsWith("^");
    boolean in = false;
    for (int i = negated ? 1 : 0; i < set.length(); i++) {
      char low = set.charAt(i);
      char high = low;
      if (i + 2 < set.length() && set.charAt(i + 1) == '-') {
        high = set.charAt(i + 2);
        i += 2;
      }
      in |= low <= c && c <= high;
    }
    return in != negated;
  }
}
