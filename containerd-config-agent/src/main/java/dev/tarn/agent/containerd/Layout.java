package dev.tarn.agent.containerd;

import dev.tarn.agent.files.HostRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where a distribution of Kubernetes has its containerd. The sources are in docs/nodes.md.
 *
 * @param name as an operator writes it
 * @param configs where containerd's configuration may be, the first that is there counts
 * @param root the directory of {@code hosts.toml} that it is shipped with, or that fits it best
 * @param socket containerd's
 * @param binaries where containerd itself may be
 * @param signs files that only this one has
 * @param how how its configuration is changed, where not by editing the file
 * @param remarks what is special about it
 */
public record Layout(
    String name,
    List<String> configs,
    String root,
    String socket,
    List<String> binaries,
    List<String> signs,
    Optional<String> how,
    List<String> remarks) {
  public static final String DEFAULT_CONFIG = "/etc/containerd/config.toml";
  public static final String DEFAULT_SOCKET = "/run/containerd/containerd.sock";
  private static final List<String> BINARIES =
      List.of("/usr/bin/containerd", "/usr/local/bin/containerd", "/bin/containerd");
  private static final String OS_RELEASE = "/etc/os-release";

  /** containerd's own defaults, for what is not recognised. */
  public static final Layout PLAIN =
      new Layout(
          "plain",
          List.of(DEFAULT_CONFIG),
          Judge.DEFAULT_ROOT,
          DEFAULT_SOCKET,
          BINARIES,
          List.of(),
          Optional.empty(),
          List.of());

  /** In the order in which they are looked for: those that others are made of come last. */
  public static final List<Layout> KNOWN =
      List.of(
          rancher("k3s", "/var/lib/rancher/k3s"),
          rancher("rke2", "/var/lib/rancher/rke2"),
          new Layout(
              "k0s",
              List.of("/etc/k0s/containerd.toml", "/run/k0s/containerd-cri.toml"),
              Judge.DEFAULT_ROOT,
              "/run/k0s/containerd.sock",
              List.of("/var/lib/k0s/bin/containerd"),
              List.of("/etc/k0s/containerd.toml", "/run/k0s/containerd-cri.toml"),
              Optional.of(
                  "in a file of your own in /etc/k0s/containerd.d, from which k0s makes"
                      + " /run/k0s/containerd-cri.toml"),
              List.of()),
          new Layout(
              "talos",
              List.of("/etc/cri/containerd.toml", "/etc/cri/conf.d/cri.toml"),
              "/etc/cri/conf.d/hosts",
              DEFAULT_SOCKET,
              List.of("/usr/bin/containerd", "/bin/containerd"),
              List.of("/etc/cri/containerd.toml", "/etc/cri/conf.d/cri.toml"),
              Optional.of(
                  "in a machine configuration, machine.files for /etc/cri/conf.d/20-customization.part"),
              List.of(
                  "Talos takes out what it does not know in its directory of hosts; the agent puts"
                      + " it back each time")),
          new Layout(
              "bottlerocket",
              List.of(DEFAULT_CONFIG),
              Judge.DEFAULT_ROOT,
              DEFAULT_SOCKET,
              BINARIES,
              List.of(),
              Optional.of(
                  "in Bottlerocket's settings, which containerd's configuration is made of"),
              List.of(
                  "Bottlerocket makes containerd's configuration of its settings at each start")),
          shipped("kind", "/kind/version"),
          shipped("minikube", "/var/lib/minikube"),
          shipped("eks", "/etc/eks"),
          shipped("aks", "/etc/kubernetes/azure.json"),
          shipped("gke", "/home/kubernetes/bin"),
          shipped("kubeadm", "/var/lib/kubelet/kubeadm-flags.env"));

  public Layout {
    configs = List.copyOf(configs);
    binaries = List.copyOf(binaries);
    signs = List.copyOf(signs);
    remarks = List.copyOf(remarks);
  }

  /** The one of that name. */
  public static Optional<Layout> named(String name) {
    for (Layout layout : KNOWN) {
      if (layout.name.equals(name)) {
        return Optional.of(layout);
      }
    }
    return name.equals(PLAIN.name) ? Optional.of(PLAIN) : Optional.empty();
  }

  /** What the host's files look like; empty where like none, or where they are not mounted here. */
  public static Optional<Layout> recognise(HostRoot host) {
    String id = osId(host);
    for (Layout layout : KNOWN) {
      if (layout.name.equals(id)) {
        return Optional.of(layout);
      }
      for (String sign : layout.signs) {
        if (host.exists(sign)) {
          return Optional.of(layout);
        }
      }
    }
    return Optional.empty();
  }

  /** Where the configuration is: the first place that has one, else the first. */
  String config(HostRoot host) {
    for (String config : configs) {
      if (host.exists(config)) {
        return config;
      }
    }
    return configs.getFirst();
  }

  private static String osId(HostRoot host) {
    try {
      Path here = host.resolve(OS_RELEASE);
      if (Files.isRegularFile(here) && Files.size(here) < 65_536) {
        for (String line : Files.readString(here).split("\n", -1)) {
          if (line.startsWith("ID=")) {
            return line.substring(3).replace("\"", "").strip();
          }
        }
      }
    } catch (IOException e) {
      return "";
    }
    return "";
  }

  private static Layout rancher(String name, String directory) {
    String agent = directory + "/agent/etc/containerd";
    return new Layout(
        name,
        List.of(agent + "/config.toml"),
        agent + "/certs.d",
        "/run/k3s/containerd/containerd.sock",
        List.of(directory + "/data/current/bin/containerd", directory + "/bin/containerd"),
        List.of(agent + "/config.toml"),
        Optional.of(
            "in a template beside "
                + agent
                + "/config.toml, which "
                + name
                + " writes anew at each start"),
        List.of(
            name
                + " writes the directories of the registries in its registries.yaml anew at each"
                + " start; the agent puts its entries back"));
  }

  private static Layout shipped(String name, String sign) {
    return new Layout(
        name,
        PLAIN.configs,
        PLAIN.root,
        PLAIN.socket,
        PLAIN.binaries,
        List.of(sign),
        Optional.empty(),
        List.of());
  }
}
