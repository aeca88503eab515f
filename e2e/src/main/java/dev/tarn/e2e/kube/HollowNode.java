package dev.tarn.e2e.kube;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A node that is an object, and a directory in place of its file system.
 *
 * @param address what pods of the node's network have; nobody answers there
 * @param zone may be empty
 * @param disk where directories of the host are
 */
public record HollowNode(String name, String address, String zone, Path disk) {
  private static final String PATH = "/api/v1/nodes/";

  /** Makes the object, ready and without taints, and what a node of kubeadm's has on its disk. */
  static HollowNode join(
      KubeApi api, String name, String address, String zone, int logsPort, Path disk)
      throws IOException {
    Files.createDirectories(disk.resolve("etc/containerd/certs.d"));
    Files.createDirectories(disk.resolve("var/lib"));
    Files.writeString(
        disk.resolve("etc/containerd/config.toml"),
        """
        version = 2
        [plugins."io.containerd.grpc.v1.cri".registry]
        config_path = "/etc/containerd/certs.d"
        """);
    api.create(
            PATH,
            """
            apiVersion: v1
            kind: Node
            metadata:
              name: %1$s
              labels: {kubernetes.io/os: linux, kubernetes.io/hostname: %1$s%2$s}
            status:
              capacity: {cpu: "4", memory: 8Gi, pods: "110"}
              allocatable: {cpu: "4", memory: 8Gi, pods: "110"}
              addresses: [{type: InternalIP, address: 127.0.0.1}]
              daemonEndpoints: {kubeletEndpoint: {Port: %3$d}}
              conditions:
                - {type: Ready, status: "True", reason: KubeletReady, message: hollow}
            """
                .formatted(
                    name, zone.isEmpty() ? "" : ", topology.kubernetes.io/zone: " + zone, logsPort))
        .orFail();
    HollowNode node = new HollowNode(name, address, zone, disk);
    // Admission gives one to every new node, and who would take it away does not run.
    node.taint(api, "[]");
    return node;
  }

  /** Sets its taints, as YAML. */
  public void taint(KubeApi api, String taints) {
    api.merge(path(), "spec: {taints: " + taints + "}").orFail();
  }

  /** Its taints, as {@code key:effect}. */
  public List<String> taints(KubeApi api) {
    return Trees.list(api.get(path()), "spec.taints").stream()
        .map(taint -> Trees.text(taint, "key") + ":" + Trees.text(taint, "effect"))
        .toList();
  }

  public String path() {
    return PATH + name;
  }
}
