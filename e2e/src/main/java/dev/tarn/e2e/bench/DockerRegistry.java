package dev.tarn.e2e.bench;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.http.Fetch;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Tools;
import dev.tarn.e2e.process.Workspace;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Debian's docker-registry with its files in a directory that several of them may share. */
final class DockerRegistry {
  private static final Duration START_LIMIT = Duration.ofSeconds(20);

  private DockerRegistry() {}

  static Server start(
      Workspace workspace, String name, Path files, String address, int port, Wrapping wrapping)
      throws Exception {
    Path config =
        Files.writeString(
            workspace.directory().resolve(name + ".yml"), config(files, address, port));
    String program = Tools.onPath("docker-registry").orElseThrow().toString();
    Child process =
        workspace.own(
            Child.start(
                name,
                workspace.directory(),
                Map.of(),
                wrapping.apply(List.of(program, "serve", config.toString()))));
    Await.until(
        "docker-registry answers; " + process.tail(),
        START_LIMIT,
        () ->
            process.alive()
                && Fetch.statusOf(URI.create("http://" + address + ":" + port + "/v2/")) == 200);
    return new Server("docker-registry", port, process, false);
  }

  private static String config(Path files, String address, int port) throws IOException {
    return """
        version: 0.1
        log:
          level: warn
          accesslog:
            disabled: true
        storage:
          filesystem:
            rootdirectory: %s
        http:
          addr: %s:%d
          relativeurls: true
        """
        .formatted(files, address, port);
  }
}
