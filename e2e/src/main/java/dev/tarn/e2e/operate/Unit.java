package dev.tarn.e2e.operate;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** Values as Grafana writes them, and which of them stand at an axis. */
enum Unit {
  NONE("none", 10, steps(1, "")),
  SHORT("short", 10, scale(1000, "", " K", " Mil", " Bil", " Tri")),
  SHARE("percentunit", 10, steps(0.01, "%")),
  BYTES("bytes", 2, scale(1024, " B", " KiB", " MiB", " GiB", " TiB")),
  BYTE_RATE("Bps", 10, scale(1000, " B/s", " kB/s", " MB/s", " GB/s", " TB/s")),
  REQUEST_RATE("reqps", 10, scale(1000, " req/s", " K req/s", " Mil req/s")),
  SECONDS(
      "s",
      10,
      List.of(
          new Scale(1e-9, " ns"),
          new Scale(1e-6, " µs"),
          new Scale(1e-3, " ms"),
          new Scale(1, " s"),
          new Scale(60, " mins"),
          new Scale(3600, " hours"),
          new Scale(86_400, " days"),
          new Scale(604_800, " weeks")));

  private static final int SIGNIFICANT_DIGITS = 3;
  private static final double HAIR = 1e-9;

  /** A multiple of the unit with a name. */
  private record Scale(double factor, String name) {}

  private final String id;
  private final int base;

  @SuppressWarnings("ImmutableEnumChecker") // An unmodifiable list, of records.
  private final List<Scale> scales;

  Unit(String id, int base, List<Scale> scales) {
    this.id = id;
    this.base = base;
    this.scales = scales;
  }

  private static List<Scale> steps(double factor, String name) {
    return List.of(new Scale(factor, name));
  }

  private static List<Scale> scale(int base, String... names) {
    return Stream.iterate(0, exponent -> exponent + 1)
        .limit(names.length)
        .map(exponent -> new Scale(Math.pow(base, exponent), names[exponent]))
        .toList();
  }

  /** By the name that Grafana has for it. */
  static Unit of(String id) {
    return Arrays.stream(values())
        .filter(unit -> unit.id.equals(id))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no unit " + id));
  }

  /** A value on its own. */
  String format(double value, OptionalInt decimals) {
    if (Double.isInfinite(value)) {
      return value > 0 ? "∞" : "-∞";
    }
    Scale scale = scaleOf(value);
    double scaled = value / scale.factor();
    int digits = decimals.orElseGet(() -> decimals(scaled));
    return String.format(Locale.ROOT, "%." + digits + "f", scaled) + scale.name();
  }

  private Scale scaleOf(double value) {
    Scale chosen = scales.getFirst();
    if (value == 0 && this == SECONDS) {
      return new Scale(1, " s");
    }
    for (Scale scale : scales) {
      if (Math.abs(value) >= scale.factor() * (1 - HAIR)) {
        chosen = scale;
      }
    }
    return chosen;
  }

  /** Three digits that count, and none after the point of what is whole. */
  private static int decimals(double scaled) {
    double size = Math.abs(scaled);
    if (size < HAIR || Math.abs(size - Math.rint(size)) < HAIR) {
      return 0;
    }
    int magnitude = (int) Math.floor(Math.log10(size));
    return Math.clamp(SIGNIFICANT_DIGITS - 1L - magnitude, 0, 9);
  }

  /** A value at an axis: no more digits than it needs. */
  String tick(double value) {
    if (Math.abs(value) < HAIR * HAIR) {
      return format(0, OptionalInt.empty());
    }
    Scale scale = scaleOf(value);
    String digits = String.format(Locale.ROOT, "%.3f", value / scale.factor());
    return digits.replaceFirst("\\.?0+$", "") + scale.name();
  }

  /** The distance of an axis' lines, of which about that many fit between nothing and a value. */
  double step(double span, int lines) {
    double least = span / lines;
    if (this == SECONDS && least > 1) {
      return Stream.of(2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200)
          .mapToDouble(Integer::doubleValue)
          .filter(step -> step >= least)
          .findFirst()
          .orElseGet(() -> 86_400 * round(least / 86_400));
    }
    if (base == 2) {
      return Math.pow(2, Math.ceil(Math.log(least) / Math.log(2)));
    }
    return round(least);
  }

  /** The next of 1, 2, 5, 10, 20 and so on. */
  private static double round(double least) {
    double magnitude = Math.pow(10, Math.floor(Math.log10(least)));
    for (double digit : new double[] {1, 2, 5}) {
      if (digit * magnitude >= least * (1 - HAIR)) {
        return digit * magnitude;
      }
    }
    return 10 * magnitude;
  }
}
