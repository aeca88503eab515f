package dev.tarn.server.metrics;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Meters by two labels, made when first needed: few of the possible combinations ever occur. Two
 * threads may both make one; a meter registry gives both the same. Thread-safe.
 */
final class EnumTable<R extends Enum<R>, C extends Enum<C>, T> {
  private final int columns;
  private final AtomicReferenceArray<@Nullable T> made;
  private final BiFunction<R, C, T> maker;

  EnumTable(Class<R> rows, Class<C> columns, BiFunction<R, C, T> maker) {
    this.columns = columns.getEnumConstants().length;
    this.made = new AtomicReferenceArray<>(rows.getEnumConstants().length * this.columns);
    this.maker = maker;
  }

  /** The one of these labels, where it was made by now. */
  @SuppressWarnings("EnumOrdinal")
  @Nullable T find(R row, C column) {
    return made.getAcquire(row.ordinal() * columns + column.ordinal());
  }

  // Within one process ordinals are stable, and an array costs neither garbage nor hashing.
  @SuppressWarnings("EnumOrdinal")
  T get(R row, C column) {
    int index = row.ordinal() * columns + column.ordinal();
    T meter = made.getAcquire(index);
    if (meter == null) {
      meter = maker.apply(row, column);
      made.setRelease(index, meter);
    }
    return meter;
  }
}
