package dev.tarn.e2e.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How TCP shares links: as on nodes, where nobody has chosen anything else, whatever the machine
 * that the test runs on uses. Where the kernel lacks it, it stays as it is.
 */
final class CongestionControl {
  private static final String USUAL = "cubic";
  private static final Path SETTINGS = Path.of("/proc/sys/net/ipv4");
  private static final Path ALLOWED = SETTINGS.resolve("tcp_allowed_congestion_control");

  private CongestionControl() {}

  /** Makes it the one of all connections at a site that has none yet. */
  static void usual(Site site) {
    if (words(SETTINGS.resolve("tcp_available_congestion_control")).contains(USUAL)) {
      allow();
      Shell.run(
          site.within(
              List.of("sh", "-c", "echo " + USUAL + " > " + SETTINGS + "/tcp_congestion_control")));
    }
  }

  /** Only what every process may choose may be chosen for a network namespace. */
  private static synchronized void allow() {
    List<String> allowed = words(ALLOWED);
    if (!allowed.contains(USUAL)) {
      write(ALLOWED, String.join(" ", allowed) + " " + USUAL);
    }
  }

  private static List<String> words(Path setting) {
    try {
      return List.of(Files.readString(setting).strip().split("\\s+", -1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path setting, String value) {
    try {
      Files.writeString(setting, value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
