package dev.tarn.server.console;

import java.time.Duration;
import java.util.Locale;

/** Sizes and times as people read them. Pure. */
public final class Quantity {
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  private static final int STEP = 1024;

  private Quantity() {}

  /** Such as {@code 0 B}, {@code 1.5 GiB}. */
  public static String bytes(long bytes) {
    double value = (double) bytes;
    int unit = 0;
    while (Math.abs(value) >= STEP && unit < UNITS.length - 1) {
      value /= STEP;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, UNITS[unit]);
  }

  /** The two largest units that matter, such as {@code 340 ms}, {@code 12 s}, {@code 1 d 2 h}. */
  public static String time(Duration time) {
    Duration size = time.abs();
    if (size.compareTo(Duration.ofSeconds(1)) < 0) {
      return size.toMillis() + " ms";
    }
    if (size.compareTo(Duration.ofMinutes(1)) < 0) {
      return size.toSeconds() + " s";
    }
    if (size.compareTo(Duration.ofHours(1)) < 0) {
      return both(size.toMinutes(), "min", size.toSecondsPart(), "s");
    }
    if (size.compareTo(Duration.ofDays(1)) < 0) {
      return both(size.toHours(), "h", size.toMinutesPart(), "min");
    }
    return both(size.toDays(), "d", size.toHoursPart(), "h");
  }

  private static String both(long large, String largeUnit, long small, String smallUnit) {
    String first = large + " " + largeUnit;
    return small == 0 ? first : first + " " + small + " " + smallUnit;
  }
}
