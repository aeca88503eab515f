package dev.tarn.server.status;

import java.util.Arrays;
import java.util.function.ToLongFunction;

/** All {@link Figure}s at a moment, or the difference of two moments. Immutable. */
public final class Figures {
  /** Nothing happened. */
  public static final Figures ZERO = of(_ -> 0);

  private static final Figure[] ALL = Figure.values();

  private final long[] values;

  private Figures(long[] values) {
    this.values = values;
  }

  /** The figures that {@code value} gives. */
  public static Figures of(ToLongFunction<Figure> value) {
    return new Figures(Arrays.stream(Figure.values()).mapToLong(value).toArray());
  }

  // Within one process ordinals are stable.
  @SuppressWarnings("EnumOrdinal")
  public long get(Figure figure) {
    return values[figure.ordinal()];
  }

  /** The sum of some. */
  public long sum(Figure... figures) {
    return Arrays.stream(figures).mapToLong(this::get).sum();
  }

  /** What happened since {@code before}. */
  public Figures since(Figures before) {
    return of(figure -> get(figure) - before.get(figure));
  }

  /** Answers with content that was here, or on its way. */
  public long hits() {
    return sum(Figure.HITS_DISK, Figure.HITS_TRANSFER, Figure.HITS_CONTAINERD);
  }

  /** Answers with content that was fetched for them. */
  public long misses() {
    return sum(Figure.MISSES_PEER, Figure.MISSES_UPSTREAM);
  }

  /** Bytes that clients got. */
  public long served() {
    return sum(
        Figure.SERVED_DISK,
        Figure.SERVED_TRANSFER,
        Figure.SERVED_PEER,
        Figure.SERVED_CONTAINERD,
        Figure.SERVED_UPSTREAM,
        Figure.SERVED_NONE);
  }

  /** Bytes that clients got less those that came from upstream; 0 where more came than was got. */
  public long saved() {
    return Math.max(0, served() - get(Figure.FETCHED_UPSTREAM));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Figures that && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Figure figure : ALL) {
      if (get(figure) != 0) {
        text.append(figure).append('=').append(get(figure)).append(' ');
      }
    }
    return text.toString().strip();
  }
}
