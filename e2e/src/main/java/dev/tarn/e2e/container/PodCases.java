package dev.tarn.e2e.container;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.container.Pod.Container;
import dev.tarn.e2e.container.Pod.Mount;
import dev.tarn.e2e.http.Fetch;
import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.image.ImageMaker;
import dev.tarn.e2e.image.RegistryClient;
import dev.tarn.e2e.node.Containerd;
import dev.tarn.e2e.node.ContainerdConfig;
import dev.tarn.e2e.node.Flavour;
import dev.tarn.e2e.node.Registry;
import dev.tarn.e2e.node.TarnConfig;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Ports;
import dev.tarn.e2e.process.Workspace;
import dev.tarn.e2e.run.CaseRun;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

/** The image in a containerd, as the chart's pod runs it. */
final class PodCases {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final String REGISTRY = "registry.test";
  private static final String JAVA = "/opt/java/bin/java";
  private static final String NOBODY = "65532:65532";
  private static final int NOBODY_ID = 65532;

  /** Everybody may write, and what is made in it has its group. */
  private static final int EMPTY_DIR_MODE = 02777;

  private static final String ROOT = "0:0";

  /** What the chart lets them have. */
  private static final long SERVER_BYTES = 384L << 20;

  private static final long AGENT_BYTES = 96L << 20;
  private static final long TOOL_BYTES = 192L << 20;
  private static final int LAYER_BYTES = 64 << 20;
  private static final List<String> AGENT_CAPABILITIES = List.of("CHOWN", "DAC_OVERRIDE", "FOWNER");

  /** CHOWN, DAC_OVERRIDE and FOWNER, as the kernel prints a set. */
  private static final String AGENT_CAPABILITY_BITS = "000000000000000b";

  private static final String NO_CAPABILITY_BITS = "0000000000000000";

  private final Flavour flavour;

  PodCases(Flavour flavour) {
    this.flavour = flavour;
  }

  /** What both containers see of the node. */
  private record Host(Path configuration, Path store, Path shared, Path etc) {
    static Host make(Workspace workspace) throws IOException {
      Host host =
          new Host(
              workspace.makeDirectory("configuration"),
              workspace.makeDirectory("store"),
              workspace.makeDirectory("shared"),
              workspace.makeDirectory("etc-containerd"));
      // As the kubelet leaves an emptyDir of a pod with that fsGroup. The store stays root's.
      Files.setAttribute(host.shared, "unix:gid", NOBODY_ID);
      Files.setAttribute(host.shared, "unix:mode", EMPTY_DIR_MODE);
      Files.writeString(
          host.etc.resolve("config.toml"),
          """
          version = 2
          [plugins."io.containerd.grpc.v1.cri".registry]
            config_path = "/etc/containerd/certs.d"
          """);
      return host;
    }

    Container init() {
      return new Container(
          "init",
          ROOT,
          List.of("CHOWN"),
          TOOL_BYTES,
          List.of(new Mount(store, "/var/lib/tarn", true)));
    }

    Container tool() {
      return new Container(
          "tool",
          NOBODY,
          List.of(),
          TOOL_BYTES,
          List.of(
              new Mount(configuration, "/etc/tarn", false), new Mount(shared, "/run/tarn", true)));
    }

    Container server() {
      return new Container(
          "server",
          NOBODY,
          List.of(),
          SERVER_BYTES,
          List.of(
              new Mount(configuration, "/etc/tarn", false),
              new Mount(store, "/var/lib/tarn", true),
              new Mount(shared, "/run/tarn", true)));
    }

    Container agent() {
      return new Container(
          "agent",
          ROOT,
          AGENT_CAPABILITIES,
          AGENT_BYTES,
          List.of(
              new Mount(configuration, "/etc/tarn", false),
              new Mount(shared, "/run/tarn", true),
              new Mount(etc, "/host/etc/containerd", true)));
    }

    Path entry() {
      return etc.resolve("certs.d").resolve(REGISTRY).resolve("hosts.toml");
    }
  }

  void serves(ShippedImage shipped, CaseRun run) throws Exception {
    Workspace workspace = run.workspace();
    Registry registry = Registry.docker(workspace);
    ImageMaker maker = new ImageMaker(workspace.makeDirectory("images"));
    Image image = maker.image("amd64", List.of(maker.layer(1, LAYER_BYTES)));
    new RegistryClient(registry.uri()).push("e2e/pod", "1", image);
    Host host = Host.make(workspace);
    int port = Ports.free();
    int adminPort = Ports.free();
    configure(host, registry, port, adminPort);
    Pod pod = pod(workspace, shipped);

    pod.run(
            host.init(),
            List.of(
                JAVA, "@/opt/tarn/tool.args", "prepare-cache", "--owner", NOBODY, "/var/lib/tarn"))
        .orFail();
    Pod.Running server =
        pod.start(
            host.server(),
            List.of(JAVA, "@/opt/tarn/serve.args", "serve", "--config", "/etc/tarn/tarn.yaml"));
    await(server, "it is ready", () -> Fetch.statusOf(at(adminPort, "/readyz")) == 200);
    Pod.Running agent =
        pod.start(
            host.agent(),
            List.of(JAVA, "@/opt/tarn/agent.args", "run", "--config", "/etc/tarn/agent.toml"));
    await(agent, "the entry stands", () -> Files.exists(host.entry()));

    checkRights(run, server, NOBODY_ID, NO_CAPABILITY_BITS);
    checkRights(run, agent, 0, AGENT_CAPABILITY_BITS);
    URI blob = at(port, "/v2/e2e/pod/blobs/" + image.biggest().digest() + "?ns=" + REGISTRY);
    run.check(
        Fetch.digestOf(blob).digest().equals(image.biggest().digest()), "the blob is another one");

    checkMemory(run, "server", server, SERVER_BYTES);
    checkMemory(run, "agent", agent, AGENT_BYTES);

    agent.end();
    run.check(!Files.exists(host.entry()), "the agent left its entry behind");
    server.end();
  }

  void runsTools(ShippedImage shipped, CaseRun run) throws Exception {
    Workspace workspace = run.workspace();
    Host host = Host.make(workspace);
    Registry registry = Registry.docker(workspace);
    configure(host, registry, Ports.free(), Ports.free());
    Pod pod = pod(workspace, shipped);

    pod.run(
            host.tool(),
            List.of(
                JAVA, "@/opt/tarn/tool.args", "config", "check", "--config", "/etc/tarn/tarn.yaml"))
        .orFail();
    pod.run(
            host.agent(),
            List.of(
                JAVA,
                "@/opt/tarn/agent-tool.args",
                "config",
                "check",
                "--config",
                "/etc/tarn/agent.toml"))
        .orFail();
    for (String shell : List.of("/bin/sh", "/bin/bash", "/busybox/sh")) {
      Child.Finished asked = pod.run(host.agent(), List.of(shell, "-c", "true"));
      run.check(asked.status() != 0, "there is a " + shell);
    }
  }

  private Pod pod(Workspace workspace, ShippedImage shipped) throws Exception {
    Containerd containerd = Containerd.start(workspace, "c", ContainerdConfig.of(flavour));
    return Pod.of(workspace, containerd, shipped);
  }

  private static void configure(Host host, Registry registry, int port, int adminPort)
      throws IOException {
    String server =
        TarnConfig.mirroring(REGISTRY, registry.uri())
            .yaml(port, adminPort, Path.of("/var/lib/tarn"));
    Files.writeString(
        host.configuration().resolve("tarn.yaml"), server + "agent:\n  directory: /run/tarn\n");
    Files.writeString(
        host.configuration().resolve("agent.toml"),
        """
        mirror = "http://127.0.0.1:%d"
        directory = "/run/tarn"
        registries = ["%s"]
        host = "/host"
        pollInterval = "500ms"
        listen = "127.0.0.1:%d"
        """
            .formatted(port, REGISTRY, Ports.free()));
  }

  private static void checkRights(CaseRun run, Pod.Running container, int user, String capabilities)
      throws IOException {
    String status = container.status();
    for (String line :
        List.of(
            "Uid:\t" + user + "\t",
            "CapPrm:\t" + capabilities,
            "CapEff:\t" + capabilities,
            "NoNewPrivs:\t1",
            "Seccomp:\t2")) {
      run.check(status.contains(line), "not " + line.strip() + " in: " + status);
    }
  }

  private static void checkMemory(CaseRun run, String name, Pod.Running container, long limitBytes)
      throws IOException {
    Memory memory = container.memory();
    run.checkEquals("the limit of " + name, limitBytes, memory.limitBytes());
    run.checkEquals("processes killed of " + name, 0, memory.kills());
    run.figure(name + "_bytes", memory.processBytes());
  }

  private static void await(Pod.Running container, String what, Callable<Boolean> condition)
      throws Exception {
    Await.until(
        what,
        START_LIMIT,
        () -> {
          if (!container.alive()) {
            throw new CaseFailed(container.tail());
          }
          return condition.call();
        });
  }

  private static URI at(int port, String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }
}
