package dev.tarn.e2e.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Tools;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The client that throws bodies away within the kernel, built from sink.c; calls block. */
final class Sink {
  private static final Duration COMPILE_LIMIT = Duration.ofMinutes(2);
  private static final Duration RUN_LIMIT = Duration.ofMinutes(5);

  private final Path program;
  private final Path directory;
  private final Processors processors;

  private Sink(Path program, Path directory, Processors processors) {
    this.program = program;
    this.directory = directory;
    this.processors = processors;
  }

  static Sink build(Path directory, Processors processors) {
    Path program = directory.resolve("sink");
    Path source = Tools.repository().resolve("e2e/src/main/c/sink.c");
    Child.run(
            "gcc",
            directory,
            Map.of(),
            List.of("gcc", "-O2", "-o", program.toString(), source.toString()),
            COMPILE_LIMIT)
        .orFail();
    return new Sink(program, directory, processors);
  }

  /** What is asked, over and over, for a while. */
  record Load(int connections, Duration time, List<String> options, String path) {}

  Reading run(int port, Load load) {
    List<String> arguments = new ArrayList<>(load.options());
    arguments.addAll(List.of("-c", Integer.toString(load.connections())));
    arguments.addAll(List.of("-s", Double.toString(load.time().toMillis() / 1e3)));
    arguments.add(load.path());
    return run(port, arguments, true);
  }

  /** Each path once and to its end, all at the same time. */
  Reading allAtOnce(int port, List<String> paths, boolean pinned) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("-n", "1", "-c", Integer.toString(paths.size())));
    arguments.addAll(paths);
    return run(port, arguments, pinned);
  }

  /** One request from the address and port, to its end. */
  Reading one(String address, int port, String path) {
    return run(port, List.of("-h", address, "-n", "1", path), false);
  }

  private Reading run(int port, List<String> arguments, boolean pinned) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(program.toString(), "-p", Integer.toString(port), "-a", Client.ACCEPT));
    command.addAll(arguments);
    return reading(
        Child.run(
                "sink",
                directory,
                Map.of(),
                pinned ? processors.onClient(command) : command,
                RUN_LIMIT)
            .orFail()
            .output());
  }

  /** What the client prints at its end. */
  static Reading reading(String printed) {
    JsonNode json = Report.of("the sink", printed);
    return new Reading(
        json.required("seconds").asDouble(),
        json.required("bytes").asLong(),
        json.required("requests").asLong(),
        json.required("first_p50_us").asDouble(),
        json.required("p50_us").asDouble(),
        json.required("p99_us").asDouble());
  }
}
