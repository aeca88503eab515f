package dev.tarn.e2e.containers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.command.RootFS;
import com.github.dockerjava.api.model.ChangeLog;
import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.http.Fetch;
import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.image.Hashing;
import dev.tarn.e2e.process.Child;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.Network;

/** One container of the image, from outside: who it is, what it may, what is in it, how it ends. */
@ExtendWith(DockerExtension.class)
final class ImageIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int MISUSED = 2;
  private static final int TERMINATED = 143;

  /** Files by whose name one could do more than run Java. */
  private static final Pattern TO_RUN =
      Pattern.compile("(^|.*/)(\\w*sh|busybox|toybox|coreutils|apt|apk|dpkg|rpm|perl|python\\S*)");

  private Docker docker;
  private Cluster cluster;
  private TarnContainer node;

  @BeforeEach
  void start(Docker given) throws Exception {
    docker = given;
    cluster = Cluster.start(given, 1, "");
    node = cluster.node(1);
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void it_is_what_was_built() {
    String id = docker.client().inspectImageCmd(Docker.TARN).exec().getId();
    JsonNode built = docker.config().get("rootfs").get("diff_ids");
    RootFS files =
        Objects.requireNonNull(
            docker.client().inspectImageCmd(Docker.TARN).exec().getRootFS());
    List<String> layers = Objects.requireNonNull(files.getLayers());

    assertThat(id).startsWith("sha256:");
    assertThat(layers).hasSize(built.size());
    for (int i = 0; i < layers.size(); i++) {
      assertThat(layers.get(i)).isEqualTo(built.get(i).asText());
    }
  }

  @Test
  void it_serves_as_nobody_with_nothing_writable_but_the_cache() throws Exception {
    Blob blob = cluster.push("e2e/rights", 1, 4).biggest();

    assertThat(Fetch.digestOf(cluster.blob(node, "e2e/rights", blob.digest())).digest())
        .isEqualTo(blob.digest());

    InspectContainerResponse container =
        docker.client().inspectContainerCmd(node.getContainerId()).exec();
    assertThat(container.getConfig().getUser()).isEqualTo("65532:65532");
    assertThat(container.getHostConfig().getReadonlyRootfs()).isTrue();
    String[][] processes =
        docker
            .client()
            .topContainerCmd(node.getContainerId())
            .withPsArgs("-eo uid,gid,pid")
            .exec()
            .getProcesses();
    assertThat(processes).isDeepEqualTo(new String[][] {{"65532", "65532", processes[0][2]}});
    assertThat(written()).isEmpty();
  }

  /** What is other in its root file system than in the image, but for where something is mounted. */
  private List<String> written() {
    List<ChangeLog> changes = docker.client().containerDiffCmd(node.getContainerId()).exec();
    return changes == null
        ? List.of()
        : changes.stream()
            .map(ChangeLog::getPath)
            .filter(path -> !isAtOrAbove(path, TarnContainer.CACHE))
            .filter(path -> !isAtOrAbove(path, TarnContainer.CONFIGURATION))
            .toList();
  }

  private static boolean isAtOrAbove(String path, String mount) {
    return mount.equals(path) || mount.startsWith(path + "/");
  }

  @Test
  void there_is_no_shell_in_it() throws Exception {
    ExecResult java =
        node.execInContainer("/opt/java/bin/java", "@/opt/tarn/tool.args", "--version");
    assertThat(java.getExitCode()).as(java.getStderr()).isZero();
    for (String shell : List.of("/bin/sh", "/bin/bash", "sh", "/busybox/sh")) {
      assertThat(node.execInContainer(shell, "-c", "true").getExitCode()).isNotZero();
    }

    assertThat(files()).contains("opt/java/bin/java").noneMatch(TO_RUN.asMatchPredicate());
  }

  /** Everything in it, as it is exported. */
  private List<String> files() throws Exception {
    Path directory = docker.directory("export");
    Path archive = directory.resolve("root.tar");
    try (InputStream root =
        docker.client().exportContainerCmd(node.getContainerId()).exec()) {
      Files.copy(root, archive);
    }
    return Child.run("tar", directory, Map.of(), List.of("tar", "-tf", archive.toString()), LIMIT)
        .orFail()
        .output()
        .lines()
        .toList();
  }

  @Test
  void it_ends_an_answer_that_has_begun_and_then_itself() throws Exception {
    Blob blob = cluster.push("e2e/end", 2, 32).biggest();
    URI uri = cluster.blob(node, "e2e/end", blob.digest());
    assertThat(Fetch.digestOf(uri).digest()).isEqualTo(blob.digest());
    HttpRequest request = HttpRequest.newBuilder(uri).build();
    try (HttpClient client = HttpClient.newHttpClient();
        InputStream body = client.send(request, BodyHandlers.ofInputStream()).body()) {
      MessageDigest hash = Hashing.sha256();
      hash.update(body.readNBytes(1 << 20));

      CompletableFuture<Void> stopped =
          CompletableFuture.runAsync(
              () ->
                  docker.client().stopContainerCmd(node.getContainerId()).withTimeout(60).exec());
      Await.until("it is draining", LIMIT, () -> Fetch.statusOf(readiness()) != 200);
      assertThat(node.state().getRunning()).isTrue();
      hash.update(body.readAllBytes());

      assertThat(Hashing.digest(hash)).isEqualTo(blob.digest());
      stopped.join();
    }
    assertThat(node.state().getExitCodeLong()).isEqualTo(TERMINATED);
    assertThat(node.state().getOOMKilled()).isFalse();
  }

  private URI readiness() {
    return node.at(TarnContainer.ADMIN_PORT, "/readyz");
  }

  @Test
  void without_arguments_it_says_what_it_understands() {
    try (Network network = Network.newNetwork();
        TarnContainer asked = TarnContainer.once(network)) {
      asked.start();

      assertThat(asked.state().getExitCodeLong()).isEqualTo(MISUSED);
      assertThat(asked.getLogs()).contains("Usage: tarn").contains("serve");
    }
  }
}
