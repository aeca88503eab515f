package dev.tarn.e2e.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tarn.e2e.process.Child;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** wrk, which asks for small bodies as fast as they come; calls block. */
final class Wrk {
  private static final Duration MARGIN = Duration.ofSeconds(30);
  private static final String REPORT =
      """
      done = function(summary, latency, requests)
        local errors = summary.errors
        io.write(string.format(
          '{"micros":%d,"bytes":%d,"requests":%d,"errors":%d,"p50":%d,"p99":%d}\\n',
          summary.duration, summary.bytes, summary.requests,
          errors.connect + errors.read + errors.write + errors.status + errors.timeout,
          latency:percentile(50), latency:percentile(99)))
      end
      """;

  private final Path directory;
  private final Path script;
  private final Processors processors;

  Wrk(Path directory, Processors processors) throws IOException {
    this.directory = directory;
    this.script = Files.writeString(directory.resolve("report.lua"), REPORT);
    this.processors = processors;
  }

  Reading run(int connections, Duration time, URI uri) {
    // wrk takes whole seconds only.
    long seconds = Math.max(1, time.toSeconds());
    List<String> command =
        List.of(
            "wrk",
            "-t1",
            "-c" + connections,
            String.format(Locale.ROOT, "-d%ds", seconds),
            "-s",
            script.toString(),
            "-H",
            "Accept: " + Client.ACCEPT,
            uri.toString());
    return reading(
        Child.run("wrk", directory, Map.of(), processors.onClient(command), time.plus(MARGIN))
            .orFail()
            .output());
  }

  /** What our script made wrk print at its end. */
  static Reading reading(String printed) {
    JsonNode json = Report.of("wrk", printed);
    return new Reading(
        json.required("micros").asDouble() / 1e6,
        json.required("bytes").asLong(),
        json.required("requests").asLong(),
        0,
        json.required("p50").asDouble(),
        json.required("p99").asDouble());
  }
}
