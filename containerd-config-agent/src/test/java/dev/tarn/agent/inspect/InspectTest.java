package dev.tarn.agent.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.agent.hosts.Target;
import dev.tarn.agent.hosts.UpstreamHost;
import dev.tarn.agent.metrics.Endpoint;
import dev.tarn.agent.tree.Entries;
import dev.tarn.agent.tree.Standing;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class InspectTest {
  private static final String ONE_ROOT =
      """
      version = 2
      [plugins."io.containerd.grpc.v1.cri".registry]
        config_path = "/etc/containerd/certs.d"
      """;

  @TempDir Path mount;

  private final Map<String, Standing> standings = new HashMap<>();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path lookedAt = Path.of("/");
  private String agent = "";

  @Test
  void saysThatEntriesTakeEffectAndHowTheyStand() throws IOException {
    config(ONE_ROOT);
    standings.put(
        "docker.io",
        new Standing.Present(
            List.of(
                new UpstreamHost(URI.create("https://harbor.example/v2/hub"), Optional.empty()),
                new UpstreamHost(URI.create("https://registry-1.docker.io"), Optional.empty()))));

    int status = run("docker.io", "registry.k8s.io");

    assertThat(status).isZero();
    assertThat(out.toString())
        .isEqualTo(
            """
            containerd     version not known
            distribution   not recognised
            configuration  /etc/containerd/config.toml
            roots          /etc/containerd/certs.d
            takes effect   yes: containerd reads an entry at the next pull
            entries        in /etc/containerd/certs.d, for http://127.0.0.1:5050
              docker.io        there, then https://harbor.example/v2/hub, https://registry-1.docker.io
              registry.k8s.io  not there; would be written to
                               /etc/containerd/certs.d/registry.k8s.io/hosts.toml
            """);
    assertThat(lookedAt).isEqualTo(mount.toRealPath().resolve("etc/containerd/certs.d"));
  }

  @Test
  void saysWhyTheyDoNotAndWhatToChange() throws IOException {
    config("version = 2\n");

    int status = run("--containerd-version", "2.1.4", "docker.io");

    assertThat(status).isEqualTo(1);
    assertThat(out.toString())
        .isEqualTo(
            """
            containerd     2.1.4
            distribution   not recognised
            configuration  /etc/containerd/config.toml
            roots          none
            takes effect   no: config_path is not set, and empty by default
            to change      in /etc/containerd/config.toml set config_path = "/etc/containerd/certs.d" under
                           [plugins."io.containerd.grpc.v1.cri".registry], and restart containerd
            entries        none: there is no directory to write them to
            """);
  }

  @Test
  void saysWhatWouldTellWhereItCannot() throws IOException {
    config(ONE_ROOT.replace("certs.d", "certs.d:/etc/docker/certs.d"));

    int status = run();

    assertThat(status).isEqualTo(3);
    assertThat(out.toString())
        .contains("takes effect   not known: it depends on containerd's version")
        .contains("to find out    containerd's version tells");
    assertThat(out.toString().lines()).allMatch(line -> line.length() <= 96);
  }

  @Test
  void ofSeveralRootsEachRegistryHasItsOwn() throws IOException {
    config(ONE_ROOT.replace("certs.d", "certs.d:/etc/docker/certs.d"));
    Files.createDirectories(mount.resolve("etc/containerd/certs.d/docker.io"));
    Files.createDirectories(mount.resolve("etc/docker/certs.d/docker.io"));
    Files.createDirectories(mount.resolve("etc/docker/certs.d/harbor.example_8443_"));

    int status =
        run("--containerd-version", "2.0.14", "docker.io", "harbor.example:8443", "quay.io");

    assertThat(status).isZero();
    assertThat(out.toString())
        .contains(
            """
            entries        in /etc/containerd/certs.d, for http://127.0.0.1:5050
              docker.io            not there; would be written to
                                   /etc/containerd/certs.d/docker.io/hosts.toml
              harbor.example:8443  in /etc/docker/certs.d: not there; would be written to
                                   /etc/docker/certs.d/harbor.example_8443_/hosts.toml
              quay.io              not there; would be written to /etc/containerd/certs.d/quay.io/hosts.toml
            """);
  }

  @Test
  void aDirectoryForAllInALaterRootCountsForEachRegistry() throws IOException {
    config(ONE_ROOT.replace("certs.d", "certs.d:/etc/docker/certs.d"));
    Files.createDirectories(mount.resolve("etc/docker/certs.d/_default"));

    run("-o", "json", "--containerd-version", "2.0.14", "docker.io");

    assertThat(lookedAt).isEqualTo(mount.toRealPath().resolve("etc/docker/certs.d"));
    assertThat(out.toString())
        .contains("{\"registry\": \"docker.io\", \"root\": \"/etc/docker/certs.d\",");
  }

  @Test
  void anEntryThatIsLeftAloneShowsInTheStatus() throws IOException {
    config(ONE_ROOT);
    standings.put("docker.io", new Standing.LeftAlone("its hosts.toml has a client certificate"));
    standings.put("_default", new Standing.Failed("no permission"));

    assertThat(run("docker.io")).isEqualTo(4);
    assertThat(run("_default")).isEqualTo(4);
    assertThat(run("ghcr.io")).isZero();
    assertThat(out.toString())
        .contains("  docker.io  left alone: its hosts.toml has a client certificate")
        .contains("  _default  failed: no permission");
  }

  @Test
  void asJson() throws IOException {
    config(ONE_ROOT);
    standings.put(
        "docker.io",
        new Standing.Present(
            List.of(new UpstreamHost(URI.create("https://harbor.example"), Optional.empty()))));
    standings.put("ghcr.io", new Standing.LeftAlone("line 3: \"quoted\"\n\tand \\ more"));

    int status = run("-o", "json", "docker.io", "ghcr.io", "quay.io");

    assertThat(status).isEqualTo(4);
    assertThat(out.toString())
        .isEqualTo(
            """
            {
              "outcome": "partial",
              "containerdVersion": null,
              "distribution": null,
              "files": ["/etc/containerd/config.toml"],
              "roots": ["/etc/containerd/certs.d"],
              "prospect": {"kind": "effective"},
              "agent": null,
              "remarks": [],
              "mirror": "http://127.0.0.1:5050",
              "root": "/etc/containerd/certs.d",
              "entries": [
                {"registry": "docker.io", "root": "/etc/containerd/certs.d", "standing": "present", "upstreams": ["https://harbor.example"]},
                {"registry": "ghcr.io", "root": "/etc/containerd/certs.d", "standing": "left-alone", "why": "line 3: \\"quoted\\"\\n\\u0009and \\\\ more"},
                {"registry": "quay.io", "root": "/etc/containerd/certs.d", "standing": "absent"}
              ]
            }
            """);
  }

  @Test
  void asJsonWhereTheyDoNotTakeEffect() throws IOException {
    config("version = 2\n");

    int status = run("-o", "json", "--containerd-version", "1.7.27", "--distribution", "kubeadm");

    assertThat(status).isEqualTo(1);
    assertThat(out.toString())
        .contains("\"outcome\": \"ineffective\"")
        .contains("\"containerdVersion\": \"1.7.27\"")
        .contains("\"distribution\": \"kubeadm\"")
        .contains(
            "\"prospect\": {\"kind\": \"ineffective\","
                + " \"why\": \"config_path is not set, and empty by default\", \"fix\": \"in ")
        .contains("\"root\": null")
        .endsWith("\"entries\": []\n}\n");
  }

  @Test
  void nothingThatControlsATerminalIsPrinted() throws IOException {
    config(ONE_ROOT.replace("certs.d", "\\u001b[2Jcerts.d"));

    run();

    assertThat(out.toString())
        .contains("/etc/containerd/\uFFFD[2Jcerts.d")
        .doesNotContain("\u001b");
    out.getBuffer().setLength(0);

    run("-o", "json");

    assertThat(out.toString()).contains("\\u001b[2J").doesNotContain("\u001b");
  }

  @Test
  void anotherRootCanBeNamed() throws IOException {
    config("version = 2\n");

    int status = run("--containerd-version", "1.7.27", "--root", "/etc/cri/hosts", "docker.io");

    assertThat(status).isEqualTo(1);
    assertThat(out.toString()).contains("would be written to /etc/cri/hosts/docker.io/hosts.toml");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--containerd-version two",
        "--distribution suse",
        "--containerd-config config.toml",
        "--root certs.d",
        "-o yaml",
        "--unknown",
        "--agent 10.0.0.1:5053",
        "not/a/registry"
      })
  void badUsageIsStatusTwo(String arguments) {
    assertThat(run(arguments.split(" ", -1))).isEqualTo(2);
    assertThat(err.toString()).isNotEmpty();
    assertThat(out.toString()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "effective, containerd came for the canary, '', 0",
    "ineffective, it does not read hosts.toml there, set config_path, 1",
    "unknown, it did not come yet, pull an image, 3"
  })
  void whatAnAgentThatRunsSaysGoesBeforeWhatFilesLetExpect(
      String verdict, String why, String advice, int status) throws IOException {
    config("version = 2\nimports = [\"/elsewhere/not-mounted.toml\"]\n");
    assertThat(run("docker.io")).isEqualTo(3);
    out.getBuffer().setLength(0);
    String body = verdict + "\n" + why + "\n" + (advice.isEmpty() ? "" : advice + "\n");
    try (Endpoint running =
        Endpoint.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Map.of("/verdict", () -> new Endpoint.Answer(200, body)))) {
      agent = "127.0.0.1:" + running.address().getPort();

      assertThat(run("docker.io")).isEqualTo(status);
      assertThat(run("-o", "json")).isEqualTo(status);
    }

    assertThat(out.toString())
        .contains("the agent says " + verdict + ": " + why + "\n")
        .contains("\"agent\": {\"verdict\": \"" + verdict + "\", \"why\": \"" + why + "\", ")
        .contains("\"advice\": \"" + advice + "\"}");
    if (!advice.isEmpty()) {
      assertThat(out.toString()).contains("               " + advice + "\n");
    }
  }

  @Test
  void whoeverElseListensThereSaysNothing() throws IOException {
    config(ONE_ROOT);
    try (Endpoint stranger =
        Endpoint.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Map.of("/verdict", () -> new Endpoint.Answer(200, "<html>\n\n\n")))) {
      agent = "127.0.0.1:" + stranger.address().getPort();

      assertThat(run("docker.io")).isZero();
    }

    assertThat(out.toString()).doesNotContain("the agent says");
  }

  private int run(String... arguments) {
    String[] all = new String[arguments.length + 3];
    all[0] = "--host";
    all[1] = mount.toString();
    all[2] = "--agent=" + agent;
    System.arraycopy(arguments, 0, all, 3, arguments.length);
    return new CommandLine(
            new Inspect(
                (host, root, mirror) -> {
                  lookedAt = root;
                  return new FakeEntries();
                }))
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(all);
  }

  private void config(String text) throws IOException {
    Path directory = Files.createDirectories(mount.resolve("etc/containerd"));
    Files.writeString(directory.resolve("config.toml"), text);
  }

  /** Answers what the test says, and refuses to change anything. */
  private final class FakeEntries implements Entries {
    @Override
    public Standing put(Target target) {
      throw new AssertionError("inspect changes nothing");
    }

    @Override
    public Standing withdraw(Target target) {
      throw new AssertionError("inspect changes nothing");
    }

    @Override
    public Standing look(Target target) {
      String name =
          switch (target) {
            case Target.OfRegistry(var registry) -> registry.value();
            case Target.OfAllOthers() -> "_default";
          };
      return standings.getOrDefault(name, new Standing.Absent());
    }

    @Override
    public Set<Target> standing() {
      return Set.of();
    }
  }
}
