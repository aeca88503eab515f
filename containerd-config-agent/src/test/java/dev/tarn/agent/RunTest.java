package dev.tarn.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.agent.canary.CanaryFile;
import dev.tarn.agent.config.Configuration;
import dev.tarn.agent.config.ConfigurationLoader;
import dev.tarn.agent.follow.Following;
import dev.tarn.agent.follow.Verdict;
import dev.tarn.agent.mirror.ProvingMirror;
import dev.tarn.agent.mirror.ScriptedMirror;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The agent's commands on a host in a directory. */
@Timeout(60)
class RunTest {
  private static final String OPERATORS = "server = \"https://registry-1.docker.io\"\n";

  @TempDir Path directory;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Path host;
  private Path root;
  private Path shared;

  @BeforeEach
  void makeHost() throws IOException {
    host = directory.resolve("host");
    shared = Files.createDirectory(directory.resolve("shared"));
    root = Files.createDirectories(host.resolve("etc/containerd/certs.d"));
    Files.createDirectory(root.resolve("docker.io"));
    Files.writeString(docker(), OPERATORS);
    Files.writeString(
        host.resolve("etc/containerd/config.toml"),
        """
        version = 2
        [plugins."io.containerd.grpc.v1.cri".registry]
          config_path = "/etc/containerd/certs.d"
        """);
  }

  @Test
  void theEntriesFollowTheMirrorAndGoAtTheEnd() throws Exception {
    List<String> before = tree();
    try (ProvingMirror mirror = new ProvingMirror(shared)) {
      Running agent = start(mirror.address(), "docker.io", "quay.io:8443");

      await(() -> contains(docker(), mirror.address()));
      await(() -> contains(root.resolve("quay.io:8443/hosts.toml"), mirror.address()));
      await(() -> agent.following().verdict().orElse(null) instanceof Verdict.Effective);
      assertThat(shared.resolve("upstreams.json")).content().contains("docker.io");
      assertThat(agent.following().metrics())
          .contains("containerd_config_agent_verdict{verdict=\"effective\"} ");

      Files.writeString(docker(), OPERATORS); // Another controller is sure of itself.
      await(() -> contains(docker(), mirror.address()));

      assertThat(agent.following().end(Duration.ofSeconds(20))).isTrue();
      assertThat(agent.status().join()).isZero();
    }
    assertThat(tree()).isEqualTo(before);
    assertThat(docker()).hasContent(OPERATORS);
  }

  @Test
  void aMirrorThatIsGoneLosesTheEntries() throws Exception {
    ProvingMirror mirror = new ProvingMirror(shared);
    Running agent = start(mirror.address(), "docker.io");
    await(() -> contains(docker(), mirror.address()));

    mirror.close();

    await(() -> !contains(docker(), mirror.address()));
    assertThat(agent.following().end(Duration.ofSeconds(20))).isTrue();
    assertThat(agent.status().join()).isZero();
  }

  @Test
  void whatACrashedAgentLeftIsTakenBackByUninstall() throws Exception {
    List<String> before = tree();
    leaveEntries("docker.io", "quay.io", "_default");
    assertThat(contains(docker(), "127.0.0.1:1")).isTrue();

    int status = command("uninstall", "--host", host.toString());

    assertThat(status).isZero();
    assertThat(printed())
        .contains("docker.io: taken back", "quay.io: taken back", "_default: taken back")
        .contains("nothing of ours is left under /etc/containerd/certs.d");
    assertThat(tree()).isEqualTo(before);
    assertThat(docker()).hasContent(OPERATORS);

    out.reset();
    assertThat(command("uninstall", "--host", host.toString())).isZero();
    assertThat(printed()).isEqualTo("nothing of ours is left under /etc/containerd/certs.d\n");
  }

  @Test
  void uninstallThatStaysTakesBackWhatAnAgentPutThereMeanwhile() throws Exception {
    List<String> before = tree();
    AtomicInteger pauses = new AtomicInteger();
    TakeBack.Pause anAgentEndsLate =
        () -> {
          if (pauses.incrementAndGet() == 1) {
            leaveEntries("quay.io");
          }
          return pauses.get() < 4;
        };

    int status =
        new TakeBack(new HostNode(configuration("127.0.0.1:1", "")), new PrintStream(out, true))
            .run(anAgentEndsLate);

    assertThat(status).isZero();
    assertThat(tree()).isEqualTo(before);
    assertThat(printed())
        .isEqualTo(
            """
            nothing of ours is left under /etc/containerd/certs.d
            /etc/containerd/certs.d, quay.io: taken back
            nothing of ours is left under /etc/containerd/certs.d
            nothing of ours is left under /etc/containerd/certs.d
            """);
  }

  @Test
  void uninstallSucceedsWhereThereIsNothing() {
    int status = command("uninstall", "--host", host.toString(), "--root", "/nothing");

    assertThat(status).isZero();
    assertThat(printed()).isEqualTo("nothing of ours is left under /nothing\n");
  }

  @Test
  void uninstallKeepsWhatOthersWroteSince() throws Exception {
    leaveEntries("docker.io");
    String more = "[host.\"https://harbor.example\"]\n  capabilities = [\"pull\"]\n";
    Files.writeString(docker(), Files.readString(docker()) + more);

    assertThat(command("uninstall", "--host", host.toString())).isZero();

    assertThat(docker()).hasContent(OPERATORS + more);
  }

  @Test
  void uninstallWithRootsGivenLooksForNothing() throws Exception {
    leaveEntries("docker.io");

    int status =
        command("uninstall", "--host", host.toString(), "--root", "/etc/containerd/certs.d");

    assertThat(status).isZero();
    assertThat(docker()).hasContent(OPERATORS);
  }

  @Test
  void withoutRegistriesItDoesNotRun() {
    assertThat(command("run", "--directory", shared.toString())).isEqualTo(78);
    assertThat(error()).contains("registries: name those");
  }

  @Test
  void whatIsWrongWithTheConfigurationIsSaid() throws IOException {
    Path file = Files.writeString(directory.resolve("agent.toml"), "registrie = []\n");

    assertThat(command("run", "--config", file.toString())).isEqualTo(78);
    assertThat(command("config", "check", "--config", file.toString())).isEqualTo(78);
    assertThat(error()).contains("registrie (line 1, column 1): unknown key; did you mean");
  }

  @Test
  void theConfigurationIsPrinted() {
    assertThat(command("config", "print", "--registry", "docker.io", "--registry", "_default"))
        .isZero();
    assertThat(printed()).contains("registries = [\"docker.io\", \"_default\"]");
    assertThat(command("config", "check", "--registry", "docker.io")).isZero();
    assertThat(printed()).contains("valid: 1 registries");
  }

  @Test
  void inspectIsAmongTheCommands() {
    assertThat(command("inspect", "--host", host.toString(), "docker.io")).isZero();
  }

  @Test
  void helpAndVersionArePrinted() {
    assertThat(command("--help")).isZero();
    assertThat(command("--version")).isZero();
    assertThat(command("run", "--help")).isZero();
    assertThat(printed()).contains("uninstall", "containerd-config-agent ");
    assertThat(command()).isEqualTo(2);
    assertThat(command("frobnicate")).isEqualTo(2);
  }

  @Test
  void aSecondAgentOnTheSamePortGoesOnWithoutIt() throws Exception {
    ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    int port = taken.getLocalPort();
    try (ProvingMirror mirror = new ProvingMirror(shared)) {
      Running agent = start(configuration(mirror.address(), "127.0.0.1:" + port, "docker.io"));
      await(() -> contains(docker(), mirror.address()));

      taken.close();
      await(() -> serves(port));

      assertThat(agent.following().end(Duration.ofSeconds(20))).isTrue();
      assertThat(agent.status().join()).isZero();
    } finally {
      taken.close();
    }
  }

  private static boolean serves(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket
          .getOutputStream()
          .write("GET /healthz HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      byte[] answer = socket.getInputStream().readAllBytes();
      return new String(answer, StandardCharsets.US_ASCII).endsWith("ok\n");
    } catch (IOException _) {
      return false;
    }
  }

  @Test
  void twoAgentsAreToldApartAndTheLastReportSaysThatItEnds() throws Exception {
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < 2; i++) {
      try (ScriptedMirror mirror = new ScriptedMirror((_, _) -> {})) {
        mirror.play((request, out) -> mirror.proving(secret(), "state ready\n").play(request, out));
        Running agent = start(mirror.address(), "docker.io");
        await(() -> contains(docker(), mirror.address()));
        assertThat(agent.following().end(Duration.ofSeconds(20))).isTrue();

        String first = mirror.requests().getFirst().text();
        String last = mirror.requests().getLast().text();
        assertThat(first).matches("(?s)entries 0\nagent [0-9a-f]{1,16}\n# HELP .*");
        assertThat(last).matches("(?s)entries 0\nagent [0-9a-f]{1,16}\nending\n# HELP .*");
        assertThat(agent.following().metrics()).startsWith("# HELP ");
        ids.add(first.split("\n", -1)[1]);
      }
    }
    assertThat(ids).hasSize(2);
  }

  private byte[] secret() throws IOException {
    return Base64.getUrlDecoder().decode(Files.readString(shared.resolve("secret")).strip());
  }

  @Test
  void aCanaryWithoutASocketSaysWhyAndLeavesNothing() throws Exception {
    List<String> before = tree();
    try (ProvingMirror mirror = new ProvingMirror(shared)) {
      Running agent =
          start(
              configuration(
                  Map.of("canary.enabled", List.of("true")), mirror.address(), "", "quay.io"));

      await(
          () ->
              agent.following().verdict().orElse(null) instanceof Verdict.Unknown(String why, var _)
                  && why.startsWith("the canary: containerd's socket does not answer: " + host));
      await(() -> agent.following().metrics().contains("canary_pulls_total{result=\"unknown\"} 1"));

      assertThat(agent.following().end(Duration.ofSeconds(20))).isTrue();
      assertThat(agent.status().join()).isZero();
    }
    assertThat(tree()).isEqualTo(before);
  }

  @Test
  void aTaintThatCannotBeRemovedKeepsNothingElseUp() throws Exception {
    try (ProvingMirror mirror = new ProvingMirror(shared)) {
      Running agent =
          start(
              configuration(
                  Map.of("taint.enabled", List.of("true")), mirror.address(), "", "docker.io"));

      await(() -> contains(docker(), mirror.address()));
      await(() -> agent.following().metrics().contains("start_up_taint{state=\"given_up\"} 1"));

      assertThat(agent.following().end(Duration.ofSeconds(20))).isTrue();
    }
  }

  @Test
  void whatAPullLeftThatWasCutShortGoesWithTheNextRunAndWithUninstall() throws Exception {
    List<String> before = tree();
    new CanaryFile(root, URI.create("http://127.0.0.1:1")).put();
    try (ProvingMirror mirror = new ProvingMirror(shared)) {
      Running agent = start(mirror.address(), "docker.io");
      await(() -> contains(docker(), mirror.address()));
      assertThat(root.resolve("canary.tarn.invalid")).doesNotExist();
      assertThat(agent.following().end(Duration.ofSeconds(20))).isTrue();
      assertThat(agent.status().join()).isZero();
    }
    new CanaryFile(root, URI.create("http://127.0.0.1:1")).put();

    assertThat(command("uninstall", "--host", host.toString())).isZero();

    assertThat(printed()).contains("canary.tarn.invalid: taken back");
    assertThat(tree()).isEqualTo(before);
  }

  @Test
  void aRootThatWasMadeForAnEntryGoesAlsoWhereAPullWasCutShort() throws Exception {
    Files.delete(docker());
    Files.delete(docker().getParent());
    Files.delete(root);
    leaveEntries("quay.io");
    new CanaryFile(root, URI.create("http://127.0.0.1:1")).put();

    assertThat(command("uninstall", "--host", host.toString())).isZero();

    assertThat(root).doesNotExist();
  }

  @Test
  void aPullByHandSaysWhatCannotBeTold() {
    assertThat(command("canary", "--host", host.toString(), "--directory", shared.toString()))
        .isEqualTo(3);

    assertThat(printed()).startsWith("unknown: ");
    assertThat(root.resolve("canary.tarn.invalid")).doesNotExist();
    assertThat(command("canary", "--seconds", "x")).isEqualTo(2);
    assertThat(command("canary", "--socket", "relative")).isEqualTo(78);
  }

  @Test
  void aPullByHandOnANodeWithoutARootSaysWhatToChange() throws IOException {
    Files.writeString(host.resolve("etc/containerd/config.toml"), "version = 2\n");

    assertThat(command("canary", "--host", host.toString(), "--containerd-version", "1.7.27"))
        .isEqualTo(1);
    assertThat(printed()).startsWith("ineffective: config_path is not set").contains("set ");
  }

  @Test
  void configureContainerdIsAmongTheCommands() {
    assertThat(command("configure-containerd", "--frobnicate")).isEqualTo(2);
    assertThat(command("configure-containerd", "--help")).isZero();
    assertThat(command("canary", "--help")).isZero();
    assertThat(printed()).contains("--print", "Exit status:", "--socket=FILE");
    // No process has that number: nothing is looked at, least of all changed.
    assertThat(command("configure-containerd", "--print", "--host-pid", "4194305")).isEqualTo(1);
    assertThat(printed()).contains("refused: the host cannot be entered");
  }

  private record Running(Following following, CompletableFuture<Integer> status) {}

  private Running start(String mirror, String... registries) throws InterruptedException {
    return start(configuration(mirror, "", registries));
  }

  private static Running start(Configuration configuration) throws InterruptedException {
    AtomicReference<Following> following = new AtomicReference<>();
    CountDownLatch running = new CountDownLatch(1);
    CompletableFuture<Integer> status = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                status.complete(
                    Run.run(
                        configuration,
                        new HostNode(configuration),
                        () -> {},
                        started -> {
                          following.set(started);
                          running.countDown();
                        }));
              } catch (Throwable e) {
                status.completeExceptionally(e);
              }
            });
    running.await();
    return new Running(following.get(), status);
  }

  private Configuration configuration(String mirror, String listen, String... registries) {
    return configuration(Map.of(), mirror, listen, registries);
  }

  private Configuration configuration(
      Map<String, List<String>> more, String mirror, String listen, String... registries) {
    Map<String, List<String>> values =
        new HashMap<>(
            Map.of(
                "mirror", List.of("http://" + mirror),
                "directory", List.of(shared.toString()),
                "host", List.of(host.toString()),
                "graceTime", List.of("300ms"),
                "pollInterval", List.of("100ms"),
                "listen", List.of(listen),
                "registries", List.of(registries)));
    values.putAll(more);
    return ConfigurationLoader.load(Optional.empty(), values);
  }

  /** As an agent does that is killed right after. */
  private void leaveEntries(String... registries) {
    Configuration configuration = configuration("127.0.0.1:1", "", registries);
    HostNode node = new HostNode(configuration);
    configuration
        .registries()
        .orElseThrow()
        .forEach(target -> node.under("/etc/containerd/certs.d").put(target));
  }

  private int command(String... arguments) {
    return Main.run(arguments, new PrintStream(out, true), new PrintStream(err, true));
  }

  private String printed() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String error() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private Path docker() {
    return root.resolve("docker.io/hosts.toml");
  }

  private static boolean contains(Path file, String text) {
    try {
      return Files.exists(file) && Files.readString(file).contains(text);
    } catch (IOException _) {
      return false;
    }
  }

  private List<String> tree() throws IOException {
    try (Stream<Path> paths = Files.walk(root)) {
      return paths.map(Path::toString).sorted().toList();
    }
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
      LockSupport.parkNanos(20_000_000);
    }
  }
}
