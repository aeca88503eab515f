package dev.tarn.e2e.laptop;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.cluster.Network;
import dev.tarn.e2e.cluster.Shell;
import dev.tarn.e2e.http.Fetch;
import dev.tarn.e2e.kube.Clients;
import dev.tarn.e2e.kube.ControlPlane;
import dev.tarn.e2e.kube.KubeApi;
import dev.tarn.e2e.kube.PlaneSetting;
import dev.tarn.e2e.kube.Trees;
import dev.tarn.e2e.process.Workspace;
import dev.tarn.e2e.run.Need;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The cluster that the harness starts on this machine; its workspace ends all of it. The control
 * plane runs on the machine's own network, which has one cable to the switch of the nodes.
 */
public final class LaptopCluster implements KubeCluster {
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final Duration READY_LIMIT = Duration.ofMinutes(2);
  private static final String PLANE = "control-plane";

  private final Workspace workspace;
  private final AddressPlan addresses;
  private final ControlGroups groups;
  private final Network network;
  private final String hostAddress;
  private final Upstream upstream;
  private final ControlPlane plane;
  private final Path proxyKubeconfig;
  private final List<Machine> machines = new CopyOnWriteArrayList<>();

  private LaptopCluster(
      Workspace workspace,
      AddressPlan addresses,
      ControlGroups groups,
      Network network,
      String hostAddress)
      throws Exception {
    this.workspace = workspace;
    this.addresses = addresses;
    this.groups = groups;
    this.network = network;
    this.hostAddress = hostAddress;
    groups.make(PLANE);
    this.upstream = Upstream.start(workspace.child("upstream"), network.join("upstream"));
    upstream.processes().forEach(process -> groups.adopt(PLANE, process.pid()));
    this.plane =
        ControlPlane.start(
            workspace.child(PLANE),
            new PlaneSetting(
                hostAddress,
                addresses.services(),
                addresses.firstService(),
                true,
                command -> groups.within(PLANE, command)));
    this.proxyKubeconfig =
        plane.kubeconfig(
            workspace.directory().resolve("kube-proxy.kubeconfig"),
            plane.identity("system:kube-proxy", "", List.of()));
  }

  /** What must be on the machine. */
  public static List<Need> needs() {
    List<Need> needs = new ArrayList<>(Network.needs());
    needs.addAll(ControlPlane.needs());
    needs.add(Need.debian("docker-registry", "docker-registry"));
    needs.add(Need.debian("runc", "runc"));
    needs.add(Need.debian("skopeo", "skopeo"));
    needs.add(Need.debian("nsenter", "util-linux"));
    needs.add(Need.debian("mkfs.ext4", "e2fsprogs"));
    needs.add(Need.goTool("helm"));
    needs.add(Need.goTool("crictl"));
    needs.add(Need.goTool("pod"));
    for (ContainerdVersion version : ContainerdVersion.values()) {
      needs.addAll(version.needs());
    }
    return needs;
  }

  /** Starts one; returns when every node is ready. */
  public static LaptopCluster start(Workspace workspace, List<MachinePlan> plans) throws Exception {
    Reaper.sweep(workspace.directory());
    String name = Reaper.PREFIX + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet();
    workspace.own(Reaper.watch(name, workspace.directory()));
    LaptopCluster cluster = connect(workspace, name);
    cluster.joinAll(plans);
    return cluster;
  }

  /** Another cluster may take the same addresses at the same time, but not the same device. */
  private static LaptopCluster connect(Workspace workspace, String name) throws Exception {
    for (AddressPlan addresses : AddressPlan.free()) {
      Network network = Network.open(name, addresses.nodes());
      String hostAddress;
      try {
        hostAddress = network.outlet(addresses.device());
      } catch (CaseFailed taken) {
        network.close();
        continue;
      }
      workspace.own(network);
      return new LaptopCluster(workspace, addresses, new ControlGroups(name), network, hostAddress);
    }
    throw new CaseFailed("no addresses are left between 10.100.0.0 and 10.219.0.0");
  }

  private void joinAll(List<MachinePlan> plans) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(plans.size())) {
      List<Future<Machine>> joining = new ArrayList<>();
      for (MachinePlan plan : plans) {
        Machine machine = settle(plan);
        joining.add(threads.submit(() -> boot(machine)));
      }
      for (Future<Machine> joined : joining) {
        joined.get();
      }
    }
  }

  /** Adds a node; returns when it is ready. */
  public Machine join(MachinePlan plan) throws Exception {
    return boot(settle(plan));
  }

  private Machine settle(MachinePlan plan) throws Exception {
    Machine machine =
        Machine.settle(
            workspace.child(plan.name()), plan, network.join(plan.name()), groups, plane);
    String pods = podNetwork(machine);
    machine.site().route("default", hostAddress);
    for (Machine other : machines) {
      other.site().route(pods, machine.address());
      machine.site().route(podNetwork(other), other.address());
    }
    Shell.run("ip", "route", "replace", pods, "via", machine.address());
    machines.add(machine);
    return machine;
  }

  private String podNetwork(Machine machine) {
    return addresses.pods(machine.address());
  }

  private Machine boot(Machine machine) throws Exception {
    machine.boot(podNetwork(machine), upstream, proxyKubeconfig);
    Await.until(
        machine.name() + " is ready, see its kubelet.log",
        READY_LIMIT,
        () -> isReady(machine.name()));
    return machine;
  }

  /** Whether the API server takes a node for ready. */
  public boolean isReady(String node) {
    KubeApi.Answer answer = api().send("GET", "/api/v1/nodes/" + node, "", "");
    return answer.good()
        && Trees.list(answer.body(), "status.conditions").stream()
            .anyMatch(
                condition ->
                    Trees.text(condition, "type").equals("Ready")
                        && Trees.text(condition, "status").equals("True"));
  }

  /** Switches a node off for good, as it stands, and deletes its Node. */
  public void leave(Machine machine) throws Exception {
    machines.remove(machine);
    machine.switchOff();
    String pods = podNetwork(machine);
    machines.forEach(other -> other.site().forget(pods));
    Shell.run("ip", "route", "del", pods);
    network.leave(machine.site());
    api().delete("/api/v1/nodes/" + machine.name()).orFail();
  }

  public List<Machine> machines() {
    return List.copyOf(machines);
  }

  public Machine machine(String name) {
    return machines.stream()
        .filter(machine -> machine.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no node " + name));
  }

  /** Its API server may be stopped and started. */
  public ControlPlane plane() {
    return plane;
  }

  /** Where nodes reach this machine. */
  public String hostAddress() {
    return hostAddress;
  }

  @Override
  public KubeApi api() {
    return plane.api();
  }

  @Override
  public Clients clients() {
    return plane.clients();
  }

  @Override
  public Path kubeconfig() {
    return plane.kubeconfig();
  }

  @Override
  public Path directory() {
    return workspace.directory();
  }

  @Override
  public List<String> nodes() {
    return machines().stream().map(Machine::name).toList();
  }

  @Override
  public Upstream upstream() {
    return upstream;
  }

  @Override
  public String page(String node, int port, String path) {
    try {
      return Fetch.text(URI.create("http://" + machine(node).address() + ":" + port + path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
