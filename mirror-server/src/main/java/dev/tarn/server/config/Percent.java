package dev.tarn.server.config;

import static dev.tarn.server.config.InvalidConfigurationException.require;

import java.math.BigDecimal;

/** A share of a whole, from 0 to 100. */
public record Percent(double value) {
  public Percent {
    require(value >= 0 && value <= 100, "percentage", "must be between 0% and 100%");
  }

  /** This share of {@code total}, rounded down. */
  public long of(long total) {
    return (long) (total * (value / 100));
  }

  @Override
  public String toString() {
    return value == Math.rint(value)
        ? (long) value + "%"
        : new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString() + "%";
  }
}
