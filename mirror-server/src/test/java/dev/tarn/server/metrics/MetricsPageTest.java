package dev.tarn.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.mirror.Source;
import dev.tarn.server.trace.TraceParent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricsPageTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String SPAN = "00f067aa0ba902b7";
  private static final String EXEMPLAR = "{span_id=\"" + SPAN + "\",trace_id=\"" + TRACE + "\"}";
  private static final Pattern SAMPLE =
      Pattern.compile("([a-z0-9_]+(?:\\{[^}]*})?) (\\S+)( # \\{.*)?");

  private final EveryMeter meters = new EveryMeter();

  @AfterEach
  void stopListening() {
    meters.close();
  }

  @Test
  void bothFormatsHaveTheSameSamples() {
    serve(Source.DISK, 2, 30, trace(TRACE));

    Map<String, Double> text = samples(meters.page().text(""));
    Map<String, Double> openMetrics = samples(meters.page().openMetrics(""));

    assertThat(openMetrics.keySet()).isEqualTo(text.keySet());
    assertThat(own(openMetrics)).isEqualTo(own(text)).hasSizeGreaterThan(100);
  }

  @Test
  void openMetricsEndsOnceAndBehindWhatOthersSay() {
    String more = "# TYPE containerd_config_agent_a gauge\ncontainerd_config_agent_a 1\n";

    assertThat(meters.page().openMetrics(more))
        .endsWith("\n" + more + "# EOF\n")
        .containsOnlyOnce("# EOF")
        .doesNotContain("\n\n");
    assertThat(meters.page().text("more 1\n")).endsWith("\nmore 1\n").doesNotContain("# EOF");
  }

  @Test
  void countersAreFamiliesWithoutTheirSuffix() {
    assertThat(meters.page().openMetrics(""))
        .contains("# TYPE tarn_requests counter\n", "\ntarn_requests_total{")
        .contains("# TYPE tarn_last_byte_seconds histogram\n");
  }

  @Test
  void aTracedRequestIsTheExemplarOfItsBucketsInOpenMetricsOnly() {
    serve(Source.UPSTREAM, 2, 30, trace(TRACE));

    List<String> exemplars = exemplars();
    assertThat(exemplars)
        .satisfiesExactly(
            first ->
                assertThat(first)
                    .startsWith("tarn_first_byte_seconds_bucket{")
                    .contains("kind=\"blob\"", "source=\"upstream\"", "le=\"0.005\"")
                    .contains(" 1 # " + EXEMPLAR + " 0.002 "),
            last ->
                assertThat(last)
                    .startsWith("tarn_last_byte_seconds_bucket{")
                    .contains("kind=\"blob\"", "source=\"upstream\"", "le=\"0.1\"")
                    .contains(" 1 # " + EXEMPLAR + " 0.03 "));
    assertThat(meters.page().text("")).doesNotContain(TRACE).doesNotContain(" # {");
  }

  @Test
  void withoutATraceThereIsNoExemplar() {
    serve(Source.DISK, 2, 30, null);

    assertThat(exemplars()).isEmpty();
  }

  @Test
  void theLastOfABucketStaysThoughRequestsWithoutATraceFollow() {
    String other = "0af7651916cd43dd8448eb211c80319c";
    serve(Source.DISK, 2, 30, trace(other));
    serve(Source.DISK, 2, 30, trace(TRACE));
    for (int i = 0; i < 100; i++) {
      serve(Source.DISK, 2, 30, null);
    }
    serve(Source.DISK, 2, 2000, trace(other));

    assertThat(exemplars().stream().filter(line -> line.startsWith("tarn_last")))
        .satisfiesExactly(
            fast -> assertThat(fast).contains("le=\"0.1\"", TRACE),
            slow -> assertThat(slow).contains("le=\"5.0\"", other));
  }

  @Test
  void boundsBelongToTheBucketBelowAndWhatIsBeyondThemToTheLast() {
    serve(Source.DISK, -1, 1, trace(TRACE));
    serve(Source.DISK, -1, Duration.ofMinutes(6).toMillis(), trace(TRACE));

    assertThat(exemplars())
        .satisfiesExactly(
            least -> assertThat(least).contains("le=\"0.001\""),
            most -> assertThat(most).contains("le=\"+Inf\"", " 360.0 "));
  }

  private void serve(Source source, long first, long last, @Nullable TraceParent trace) {
    meters
        .metrics()
        .requestServed(
            meters.metrics().of(EveryMeter.HOST),
            Kind.BLOB,
            RequestOutcome.MISS,
            source,
            1,
            first * 1_000_000,
            last * 1_000_000,
            trace);
  }

  private static @Nullable TraceParent trace(String id) {
    return TraceParent.of(List.of("00-" + id + "-" + SPAN + "-01"));
  }

  private List<String> exemplars() {
    return meters.page().openMetrics("").lines().filter(line -> line.contains(" # {")).toList();
  }

  /** What begins with {@code tarn}: others change from one scrape to the next. */
  private static Map<String, Double> own(Map<String, Double> samples) {
    Map<String, Double> own = new TreeMap<>(samples);
    own.keySet().removeIf(name -> !name.startsWith("tarn_") || name.startsWith("tarn_netty"));
    return own;
  }

  private static Map<String, Double> samples(String page) {
    Map<String, Double> samples = new TreeMap<>();
    for (String line : page.lines().filter(each -> !each.startsWith("#")).toList()) {
      Matcher sample = SAMPLE.matcher(line);
      assertThat(sample.matches()).as(line).isTrue();
      assertThat(samples.put(sample.group(1), Double.valueOf(sample.group(2)))).isNull();
    }
    return samples;
  }
}
