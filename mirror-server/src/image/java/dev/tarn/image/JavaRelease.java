package dev.tarn.image;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;

/**
 * What a Java runtime says that it is.
 *
 * @param version with the build, where that is told
 * @param vendor who built it, where that is told
 */
record JavaRelease(String version, Optional<String> vendor) {
  /** The file of that, in a JDK and in a runtime that is linked from it. */
  static final String FILE = "release";

  static JavaRelease of(Path home) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(home.resolve(FILE))) {
      properties.load(reader);
    }
    String version =
        value(properties, "JAVA_RUNTIME_VERSION")
            .or(() -> value(properties, "JAVA_VERSION"))
            .orElseThrow(() -> new IOException("no version in " + home.resolve(FILE)));
    return new JavaRelease(version, value(properties, "IMPLEMENTOR"));
  }

  private static Optional<String> value(Properties properties, String name) {
    return Optional.ofNullable(properties.getProperty(name))
        .map(value -> value.replaceAll("^\"|\"$", ""));
  }

  /** Whether it is this one, as far as is known: the build may not be. */
  boolean isOf(String other) {
    return other.equals(version) || other.startsWith(version + "+");
  }
}
