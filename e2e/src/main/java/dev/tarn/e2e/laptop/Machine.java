package dev.tarn.e2e.laptop;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.cluster.Site;
import dev.tarn.e2e.kube.ControlPlane;
import dev.tarn.e2e.kube.Pki;
import dev.tarn.e2e.kube.Trees;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Tools;
import dev.tarn.e2e.process.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A node: namespaces for network, mounts and host name, with a containerd, a kubelet and a
 * kube-proxy in them, and a disk of its own. Of the machine's files it sees all but {@code
 * /var/lib}, {@code /run} and {@code /var/log}, which are its own, and {@code /etc}, of which it
 * has a copy to write to. Commands block; they come from one thread at a time, but for {@link #run}
 * and what uses it.
 */
public final class Machine {
  private static final Duration START_LIMIT = Duration.ofMinutes(1);
  private static final Duration COMMAND_LIMIT = Duration.ofMinutes(5);
  private static final String COLLECTION = "collection-of-garbage";
  private static final String SOCKET = "/run/containerd/containerd.sock";

  /** Makes the node's mounts, and holds them. */
  private static final String SETTLE =
      """
      set -eu
      mount --make-rshared /
      mount -o loop "$2/disk.img" /var/lib
      mkdir -p /var/lib/machine/etc /var/lib/machine/work
      mount -t overlay overlay -o lowerdir=/etc,upperdir=/var/lib/machine/etc,workdir=/var/lib/machine/work /etc
      mount -t tmpfs -o mode=755 tmpfs /run
      mkdir -p "$2/log/pods" "$2/log/containers"
      mount --bind "$2/log" /var/log
      rm -rf /etc/containerd /etc/cni
      mkdir -p /etc/containerd/certs.d /etc/cni/net.d /run/lock
      hostname "$1"
      sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.route_localnet=1
      touch "$2/settled"
      exec sleep infinity
      """;

  private final Workspace workspace;
  private final MachinePlan plan;
  private final Site site;
  private final ControlGroups groups;
  private final ControlPlane plane;
  private final Path directory;
  private final Path programs;
  private final Child holder;
  private final AtomicInteger commands = new AtomicInteger();
  private @Nullable Child containerd;
  private @Nullable Child kubelet;

  private Machine(
      Workspace workspace, MachinePlan plan, Site site, ControlGroups groups, ControlPlane plane)
      throws IOException {
    this.workspace = workspace;
    this.plan = plan;
    this.site = site;
    this.groups = groups;
    this.plane = plane;
    this.directory = workspace.directory();
    this.programs = plan.containerd().programs();
    groups.make(plan.name());
    Disk.make(directory.resolve("disk.img"), plan.diskBytes());
    this.holder =
        Child.start(
            "settle",
            directory,
            Map.of(),
            groups.within(
                plan.name(),
                List.of(
                    "nsenter",
                    "--net=" + site.namespace(),
                    "unshare",
                    "--mount",
                    "--uts",
                    "--propagation",
                    "private",
                    "bash",
                    "-c",
                    SETTLE,
                    "settle",
                    plan.name(),
                    directory.toString())));
  }

  /** Makes the node, with nothing running on it. */
  static Machine settle(
      Workspace workspace, MachinePlan plan, Site site, ControlGroups groups, ControlPlane plane)
      throws Exception {
    Machine machine = new Machine(workspace, plan, site, groups, plane);
    Await.until(
        plan.name() + " has its mounts; " + machine.holder.tail(),
        START_LIMIT,
        () -> {
          if (!machine.holder.alive()) {
            throw new CaseFailed(machine.holder.tail());
          }
          return Files.exists(machine.directory.resolve("settled"));
        });
    return machine;
  }

  /**
   * Starts what a node has.
   *
   * @param podNetwork of its pods
   * @param upstream where images come from
   * @param proxyKubeconfig by which kube-proxies ask the API server
   */
  void boot(String podNetwork, Upstream upstream, Path proxyKubeconfig) throws Exception {
    Files.writeString(
        path("/etc/containerd/config.toml"),
        NodeFiles.containerd(plan.containerd(), upstream.sandbox()));
    for (String registry : List.of(upstream.host(), upstream.guardedHost())) {
      Path root = Files.createDirectories(path("/etc/containerd/certs.d").resolve(registry));
      Files.writeString(root.resolve("hosts.toml"), NodeFiles.hosts(registry));
    }
    Files.writeString(
        path("/etc/cni/net.d").resolve("10-pods.conflist"), NodeFiles.podNetwork(podNetwork));
    Files.writeString(directory.resolve("crictl.yaml"), "");
    writeShell();
    startContainerd();
    crictl("pull", upstream.sandbox()).orFail();
    writeKubeletsFiles();
    startKubelet();
    startProxy(proxyKubeconfig);
  }

  private void writeKubeletsFiles() throws IOException {
    Pki.Identity serving = plane.identity(name(), "", List.of("IP:" + address(), "DNS:" + name()));
    Files.writeString(
        directory.resolve("kubelet.yaml"),
        NodeFiles.kubelet(
            plane.authority(), serving.certificate(), serving.key(), groups.pathOf(name())));
    plane.kubeconfig(
        directory.resolve("kubelet.kubeconfig"),
        plane.identity("system:node:" + name(), "system:nodes", List.of()));
  }

  private void startProxy(Path kubeconfig) throws IOException {
    Path config = directory.resolve("kube-proxy.yaml");
    Files.writeString(config, NodeFiles.proxy(name(), kubeconfig));
    start("kube-proxy", plane.programs().resolve("kube-proxy").toString(), "--config=" + config);
  }

  public String name() {
    return plan.name();
  }

  public ContainerdVersion containerd() {
    return plan.containerd();
  }

  /** Its address on the network of nodes. */
  public String address() {
    return site.address();
  }

  /** Its end of the network of nodes: may be limited, cut, or deaf to others. */
  public Site site() {
    return site;
  }

  /** Where the logs of its own programs are, and below {@code log} those of its containers. */
  public Path directory() {
    return directory;
  }

  /** The words that run a command in the node's namespaces. */
  public List<String> within(List<String> command) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "nsenter",
                "--target",
                Long.toString(holder.pid()),
                "--mount",
                "--uts",
                "--net",
                "--"));
    words.addAll(command);
    return words;
  }

  /** A script that gives somebody a shell there, or runs what it is given. */
  public Path shell() {
    return directory.resolve("shell");
  }

  private void writeShell() throws IOException {
    String path = programs + ":" + Tools.directoryOf(Tools.build("crictl").resolve("crictl"));
    Files.writeString(
        shell(),
        """
        #!/bin/sh
        export PATH=%s:$PATH CONTAINERD_NAMESPACE=k8s.io
        export CONTAINER_RUNTIME_ENDPOINT=unix://%s IMAGE_SERVICE_ENDPOINT=unix://%s
        [ $# -gt 0 ] || set -- bash
        exec %s "$@"
        """
            .formatted(path, SOCKET, SOCKET, String.join(" ", within(List.of()))));
    Files.setPosixFilePermissions(shell(), PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** Runs a command to its end, in the node's namespaces. */
  public Child.Finished run(String... command) {
    Path program = Path.of(command[0]).getFileName();
    return Child.run(
        program + "-" + commands.incrementAndGet(),
        directory,
        Map.of(),
        within(List.of(command)),
        COMMAND_LIMIT);
  }

  /** Starts a command in the node's namespaces; it ends with the node at the latest. */
  public Child start(String name, String... command) {
    return workspace.own(
        Child.start(
            name,
            directory,
            Map.of("PATH", programs + ":" + System.getenv().getOrDefault("PATH", "")),
            groups.within(name(), within(List.of(command)))));
  }

  /** Runs ctr in the kubelet's namespace of containerd. */
  public Child.Finished ctr(String... arguments) {
    return run(words(List.of(client().toString(), "--namespace", "k8s.io"), arguments));
  }

  /** Debian's where there is none of this version: what is asked of it is the same in all. */
  private Path client() {
    Path own = programs.resolve("ctr");
    return Files.isExecutable(own) ? own : Tools.onPath("ctr").orElseThrow();
  }

  /** Runs crictl: what the kubelet asks containerd for. */
  public Child.Finished crictl(String... arguments) {
    return run(
        words(
            List.of(
                Tools.build("crictl").resolve("crictl").toString(),
                "--config",
                directory.resolve("crictl.yaml").toString(),
                "--runtime-endpoint",
                "unix://" + SOCKET,
                "--image-endpoint",
                "unix://" + SOCKET,
                "--timeout",
                COMMAND_LIMIT.toSeconds() + "s"),
            arguments));
  }

  private static String[] words(List<String> first, String... others) {
    List<String> all = new ArrayList<>(first);
    all.addAll(List.of(others));
    return all.toArray(String[]::new);
  }

  /**
   * Where a file of the node's is seen from outside, as long as the node is there.
   *
   * @param inNode its absolute path in the node
   */
  public Path path(String inNode) {
    return Path.of("/proc/" + holder.pid() + "/root" + inNode);
  }

  /** Removes the images with such references, and waits until their content is gone too. */
  public void dropImages(Predicate<String> reference) {
    JsonNode images = Trees.json(crictl("images", "--output", "json").orFail().output());
    for (JsonNode image : Trees.list(images, "images")) {
      List<JsonNode> names = new ArrayList<>(Trees.list(image, "repoTags"));
      names.addAll(Trees.list(image, "repoDigests"));
      if (names.stream().map(JsonNode::asText).anyMatch(reference)) {
        crictl("rmi", Trees.text(image, "id")).orFail();
      }
    }
    // containerd collects garbage when it likes, but for the end of a lease whose holder waits.
    ctr("leases", "create", "--id", COLLECTION).orFail();
    ctr("leases", "delete", "--sync", COLLECTION).orFail();
  }

  /** SIGKILL; containers go on. */
  public void stopContainerd() {
    if (containerd != null) {
      containerd.kill();
    }
  }

  /** Starts it, also again, and waits until it answers. */
  public void startContainerd() throws Exception {
    Child started =
        start(
            "containerd",
            programs.resolve("containerd").toString(),
            "--config",
            "/etc/containerd/config.toml");
    containerd = started;
    Await.until(
        "containerd answers on " + name(),
        START_LIMIT,
        () -> {
          if (!started.alive()) {
            throw new CaseFailed(started.tail());
          }
          return Files.exists(path(SOCKET)) && crictl("version").status() == 0;
        });
  }

  /** SIGKILL; pods go on. */
  public void stopKubelet() {
    if (kubelet != null) {
      kubelet.kill();
    }
  }

  /** Starts it, also again; whether the node is ready is the API server's to tell. */
  public void startKubelet() {
    List<String> command =
        new ArrayList<>(
            List.of(
                plane.programs().resolve("kubelet").toString(),
                "--config=" + directory.resolve("kubelet.yaml"),
                "--kubeconfig=" + directory.resolve("kubelet.kubeconfig"),
                "--hostname-override=" + name(),
                "--node-ip=" + address(),
                "--root-dir=/var/lib/kubelet",
                "--v=1"));
    if (!plan.zone().isEmpty()) {
      command.add("--node-labels=topology.kubernetes.io/zone=" + plan.zone());
    }
    kubelet = start("kubelet", command.toArray(String[]::new));
  }

  public Disk disk() {
    return new Disk(path("/var/lib"));
  }

  /** The bytes that are free on its disk. */
  public long diskFree() {
    return disk().free();
  }

  /** Ends everything on it at once, as when it loses its power. */
  void switchOff() throws Exception {
    groups.kill(name());
  }
}
