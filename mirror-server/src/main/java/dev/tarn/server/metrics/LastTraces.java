package dev.tarn.server.metrics;

import dev.tarn.server.mirror.Source;
import dev.tarn.server.trace.TraceParent;
import io.micrometer.core.instrument.Clock;
import io.prometheus.metrics.model.snapshots.Exemplar;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The last traced request in each bucket of a timer: its exemplars. Thread-safe, never blocks; what
 * is not traced does not come here.
 *
 * <p>Micrometer's own way asks for a span at each observation of each meter, sets a timer for the
 * next whether or not there was one, and so misses most traces that come among other requests.
 */
final class LastTraces {
  private final String family;
  private final Clock clock;
  private final Map<Labels, AtomicReferenceArray<@Nullable Exemplar>> byLabels =
      new ConcurrentHashMap<>();

  /**
   * Of one timer.
   *
   * @param timer its name, as Micrometer has it
   */
  LastTraces(String timer, Clock clock) {
    this.family = timer.replace('.', '_') + "_seconds";
    this.clock = clock;
  }

  void observed(Kind kind, Source source, long nanos, TraceParent trace) {
    Exemplar exemplar =
        Exemplar.builder()
            .value(nanos / (double) TimeUnit.SECONDS.toNanos(1))
            .traceId(trace.traceId())
            .spanId(trace.spanId())
            .timestampMillis(clock.wallTime())
            .build();
    Labels labels =
        Labels.of(MeterNames.KIND, kind.label(), MeterNames.SOURCE, Metrics.label(source));
    byLabels
        .computeIfAbsent(labels, _ -> new AtomicReferenceArray<>(MeterNames.BUCKETS.length + 1))
        .set(bucket(nanos), exemplar);
  }

  private static int bucket(long nanos) {
    int bucket = 0;
    while (bucket < MeterNames.BUCKETS.length && nanos > MeterNames.BUCKETS[bucket].toNanos()) {
      bucket++;
    }
    return bucket;
  }

  /** The same with exemplars where it is the timer's, else itself. */
  MetricSnapshot addTo(MetricSnapshot snapshot) {
    if (!(snapshot instanceof HistogramSnapshot histogram)
        || !histogram.getMetadata().getPrometheusName().equals(family)) {
      return snapshot;
    }
    return new HistogramSnapshot(
        histogram.getMetadata(), histogram.getDataPoints().stream().map(this::withTraces).toList());
  }

  private HistogramDataPointSnapshot withTraces(HistogramDataPointSnapshot point) {
    AtomicReferenceArray<@Nullable Exemplar> last = byLabels.get(point.getLabels());
    if (last == null) {
      return point;
    }
    List<Exemplar> exemplars = new ArrayList<>();
    for (int bucket = 0; bucket < last.length(); bucket++) {
      Exemplar exemplar = last.get(bucket);
      if (exemplar != null) {
        exemplars.add(exemplar);
      }
    }
    return new HistogramDataPointSnapshot(
        point.getClassicBuckets(),
        point.getSum(),
        point.getLabels(),
        Exemplars.of(exemplars),
        point.getCreatedTimestampMillis());
  }
}
