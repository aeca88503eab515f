package dev.tarn.image;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the build says, by name. */
record Settings(Map<String, String> values) {
  Settings {
    values = Map.copyOf(values);
  }

  static Settings parse(List<String> words) {
    Map<String, String> values = new HashMap<>();
    for (String word : words) {
      int equals = word.indexOf('=');
      if (equals < 0) {
        throw new IllegalArgumentException("not key=value: " + word);
      }
      values.put(word.substring(0, equals), word.substring(equals + 1));
    }
    return new Settings(values);
  }

  String get(String key) {
    String value = values.get(key);
    if (value == null) {
      throw new IllegalArgumentException("not set: " + key);
    }
    return value;
  }

  boolean is(String key) {
    return Boolean.parseBoolean(get(key));
  }

  Path path(String key) {
    return Path.of(get(key)).toAbsolutePath().normalize();
  }

  /** The top of the repository. */
  Path top() {
    return path("top");
  }

  Path server() {
    return top().resolve("mirror-server/target");
  }

  Path agent() {
    return top().resolve("containerd-config-agent/target");
  }

  /** Where images are made. */
  Path image() {
    return server().resolve("image");
  }
}
