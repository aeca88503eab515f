package dev.tarn.e2e.node;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.image.Hashing;
import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Tools;
import dev.tarn.e2e.process.Workspace;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.Stream;

/**
 * A real containerd with every path of its own, in a mount namespace of its own, so that nothing
 * stays mounted when it dies. Commands block the calling thread.
 */
public final class Containerd {
  private static final Duration START_LIMIT = Duration.ofSeconds(30);
  private static final Duration RECEIVE_LIMIT = Duration.ofSeconds(30);
  private static final Duration PULL_LIMIT = Duration.ofMinutes(4);
  private static final Executor OWN_THREAD = task -> Thread.ofVirtual().start(task);

  private final ContainerdPlan plan;
  private final Path directory;
  private final Path programs;
  private final Path socket;
  private final Path certs;
  private final Path crictl;
  private final Child process;

  private Containerd(ContainerdPlan plan, Workspace workspace) throws IOException {
    this.plan = plan;
    this.directory = workspace.directory();
    this.programs = plan.programs();
    this.crictl = Tools.build("crictl").resolve("crictl");
    this.certs = workspace.makeDirectory("certs.d");
    this.socket = workspace.makeDirectory("s").resolve("c.sock");
    workspace.makeDirectory("cni-conf");
    workspace.makeDirectory("temp");
    Path file = directory.resolve("containerd.toml");
    // A file system that is an overlay itself cannot carry another.
    String snapshotter =
        Files.getFileStore(directory).type().equals("overlay") ? "native" : "overlayfs";
    Files.writeString(file, plan.toml(directory, socket, certs, snapshotter));
    Files.writeString(directory.resolve("crictl.yaml"), "");
    this.process =
        workspace.own(
            Child.start(
                "containerd",
                directory,
                Map.of("PATH", programs + ":" + System.getenv().getOrDefault("PATH", "")),
                command(plan, directory, programs, file)));
  }

  private static List<String> command(
      ContainerdPlan plan, Path directory, Path programs, Path file) {
    List<String> command =
        new ArrayList<>(List.of("unshare", "--mount", "--propagation", "private"));
    command.addAll(plan.before(directory));
    command.add(programs.resolve("containerd").toString());
    command.addAll(List.of("--config", file.toString(), "--log-level", "debug"));
    return command;
  }

  /** Starts one with nothing in it, in a directory of that name. */
  public static Containerd start(Workspace workspace, String name, ContainerdPlan plan)
      throws Exception {
    Containerd containerd = new Containerd(plan, workspace.child(name));
    Await.until(
        "containerd answers, see containerd.log",
        START_LIMIT,
        () -> {
          if (!containerd.process.alive()) {
            throw new CaseFailed("containerd ended; " + containerd.process.tail());
          }
          return Files.exists(containerd.socket)
              && containerd.crictl(Duration.ofSeconds(10), "images", "-q").status() == 0;
        });
    return containerd;
  }

  /**
   * Writes the hosts.toml that is safe on every version: the mirror first, and after it the
   * registry's own server.
   */
  public void mirror(String registry, URI mirror, URI server) throws IOException {
    Files.writeString(
        Files.createDirectories(certs.resolve(registry)).resolve("hosts.toml"),
        """
        server = "%s"

        [host."%s"]
          capabilities = ["pull", "resolve"]
        """
            .formatted(server, mirror));
  }

  /** Pulls an image as the kubelet does, through CRI, and fails the case if that fails. */
  public void pull(String reference) {
    crictl(PULL_LIMIT, "pull", reference).orFail();
    if (!process.output().contains(plan.mark())) {
      throw new CaseFailed("containerd did not pull by " + plan.title());
    }
  }

  /**
   * Tries to pull an image as the kubelet does with a pull secret, for no server in particular.
   *
   * @param credential {@code name:password}, or empty for none
   * @return what became of it
   */
  public Child.Finished tryPull(String reference, Optional<String> credential) {
    List<String> command = new ArrayList<>(List.of("pull"));
    credential.ifPresent(shown -> command.addAll(List.of("--creds", shown)));
    command.add(reference);
    return crictl(PULL_LIMIT, command.toArray(String[]::new));
  }

  /** Whether its store has any of these, as far as their names go. */
  public boolean hasAnyOf(List<Blob> blobs) {
    return blobs.stream().anyMatch(blob -> Files.exists(content(blob.digest())));
  }

  /** Pulls on a thread of its own; joining tells whether it failed. */
  public CompletableFuture<Void> pullMeanwhile(String reference) {
    return CompletableFuture.runAsync(() -> pull(reference), OWN_THREAD);
  }

  /** Fetches an image's content for a namespace of its own, without unpacking. */
  public CompletableFuture<Void> fetchMeanwhile(String namespace, String reference) {
    List<String> command =
        ctr(
            namespace,
            // Without it ctr shows its progress, and ends at the next tenth of a second.
            "--debug",
            "content",
            "fetch",
            "--hosts-dir",
            certs.toString(),
            "--platform",
            "linux/amd64",
            reference);
    return CompletableFuture.runAsync(
        () -> Child.run("ctr-" + namespace, directory, Map.of(), command, PULL_LIMIT).orFail(),
        OWN_THREAD);
  }

  /** The words of a call of ctr in a namespace. */
  public List<String> ctr(String namespace, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(programs.resolve("ctr").toString());
    command.addAll(List.of("--address", socket.toString(), "--namespace", namespace));
    command.addAll(List.of(arguments));
    return command;
  }

  /** Fails unless containerd's store has exactly the image's bytes. */
  public void verify(Image image) {
    List<Blob> expected = new ArrayList<>(image.blobs());
    expected.add(image.manifest());
    for (Blob blob : expected) {
      Path file = content(blob.digest());
      if (!Files.exists(file)) {
        throw new CaseFailed("containerd does not have " + blob.digest());
      }
      String actual = Hashing.digest(file);
      if (!actual.equals(blob.digest())) {
        throw new CaseFailed("containerd has " + actual + " where it should have " + blob.digest());
      }
    }
  }

  /** Waits until containerd has received that many bytes of a blob that it is fetching. */
  public void awaitReceived(Blob blob, long bytes) throws Exception {
    Await.until(
        "containerd has " + bytes + " bytes of " + blob.digest(),
        RECEIVE_LIMIT,
        () -> received(blob) >= bytes);
  }

  private long received(Blob blob) throws IOException {
    Path ingests = directory.resolve("root/io.containerd.content.v1.content/ingest");
    try (Stream<Path> all = Files.list(ingests)) {
      for (Path ingest : all.toList()) {
        Path name = ingest.resolve("ref");
        if (Files.exists(name) && Files.readString(name).contains(blob.digest())) {
          return Files.size(ingest.resolve("data"));
        }
      }
    } catch (NoSuchFileException finishedMeanwhile) {
      return 0;
    }
    return 0;
  }

  /** The configuration that it was started with. */
  public Path configuration() {
    return directory.resolve("containerd.toml");
  }

  /** The first root of hosts.toml files. */
  public Path certs() {
    return certs;
  }

  /** Everything it printed so far. */
  public String log() {
    return process.output();
  }

  /** Where its store keeps what is complete. */
  public Path contentStore() {
    return directory.resolve("root/io.containerd.content.v1.content/blobs");
  }

  private Path content(String digest) {
    return contentStore().resolve(digest.replace(':', '/'));
  }

  private Child.Finished crictl(Duration limit, String... arguments) {
    String endpoint = "unix://" + socket;
    List<String> command = new ArrayList<>();
    command.add(crictl.toString());
    command.addAll(List.of("--config", directory.resolve("crictl.yaml").toString()));
    command.addAll(List.of("--runtime-endpoint", endpoint, "--image-endpoint", endpoint));
    command.addAll(List.of("--timeout", limit.toSeconds() + "s"));
    command.addAll(List.of(arguments));
    return Child.run("crictl-" + arguments[0], directory, Map.of(), command, limit.plusSeconds(10));
  }
}
