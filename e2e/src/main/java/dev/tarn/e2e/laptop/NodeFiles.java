package dev.tarn.e2e.laptop;

import java.nio.file.Path;

/** What a node's programs are configured by. Immutable. */
final class NodeFiles {
  private NodeFiles() {}

  /**
   * containerd's: paths are its own, as the node has its own file systems there.
   *
   * @param sandbox the image of pods' sandboxes
   */
  static String containerd(ContainerdVersion version, String sandbox) {
    return version.second() ? second(sandbox) : first(sandbox);
  }

  private static String first(String sandbox) {
    return """
        version = 2
        disabled_plugins = ["io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.devmapper"]
        [plugins."io.containerd.internal.v1.opt"]
          path = "/var/lib/containerd/opt"
        [plugins."io.containerd.grpc.v1.cri"]
          # Not everybody may lower it.
          restrict_oom_score_adj = true
          sandbox_image = "%s"
        [plugins."io.containerd.grpc.v1.cri".cni]
          bin_dir = "/usr/lib/cni"
        [plugins."io.containerd.grpc.v1.cri".registry]
          config_path = "/etc/containerd/certs.d"
        """
        .formatted(sandbox);
  }

  private static String second(String sandbox) {
    return """
        version = 3
        imports = []
        disabled_plugins = ["io.containerd.nri.v1.nri"]
        [plugins."io.containerd.internal.v1.opt"]
          path = "/var/lib/containerd/opt"
        [plugins."io.containerd.cri.v1.runtime"]
          # Not everybody may lower it.
          restrict_oom_score_adj = true
        [plugins."io.containerd.cri.v1.runtime".cni]
          bin_dirs = ["/usr/lib/cni"]
        [plugins."io.containerd.cri.v1.images".pinned_images]
          sandbox = "%s"
        [plugins."io.containerd.cri.v1.images".registry]
          config_path = "/etc/containerd/certs.d"
        """
        .formatted(sandbox);
  }

  /**
   * A hosts.toml as an operator writes it for a registry without TLS, which every version takes.
   */
  static String hosts(String registry) {
    return """
        server = "http://%1$s"

        [host."http://%1$s"]
          capabilities = ["pull", "resolve"]
        """
        .formatted(registry);
  }

  static String podNetwork(String subnet) {
    return """
        {
          "cniVersion": "0.4.0",
          "name": "pods",
          "plugins": [
            {
              "type": "bridge",
              "bridge": "cni0",
              "isGateway": true,
              "ipMasq": true,
              "ipam": {
                "type": "host-local",
                "ranges": [[{"subnet": "%s"}]],
                "routes": [{"dst": "0.0.0.0/0"}],
                "dataDir": "/run/cni"
              }
            },
            {"type": "portmap", "capabilities": {"portMappings": true}}
          ]
        }
        """
        .formatted(subnet);
  }

  /**
   * The kubelet's. What it does about a disk that becomes full is what it does by default.
   *
   * @param group the control group that its pods' are in
   */
  static String kubelet(Path authority, Path certificate, Path key, String group) {
    return """
        apiVersion: kubelet.config.k8s.io/v1beta1
        kind: KubeletConfiguration
        authentication:
          anonymous: {enabled: false}
          webhook: {enabled: true}
          x509: {clientCAFile: "%s"}
        authorization: {mode: Webhook}
        tlsCertFile: "%s"
        tlsPrivateKeyFile: "%s"
        containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
        volumePluginDir: /var/lib/kubelet/volume-plugins
        cgroupDriver: cgroupfs
        cgroupRoot: "%s"
        enforceNodeAllocatable: [pods]
        # containerd 1.6 knows version 1, and so do many machines.
        failCgroupV1: false
        failSwapOn: false
        # Neither a cluster DNS nor a resolver: nothing here has a name.
        clusterDNS: []
        resolvConf: ""
        # Secrets that change are seen earlier than after a minute or two.
        syncFrequency: 10s
        """
        .formatted(authority, certificate, key, group);
  }

  /** kube-proxy's. What is the machine's to set of connection tracking stays as it is. */
  static String proxy(String node, Path kubeconfig) {
    return """
        apiVersion: kubeproxy.config.k8s.io/v1alpha1
        kind: KubeProxyConfiguration
        mode: iptables
        hostnameOverride: "%s"
        clientConnection: {kubeconfig: "%s"}
        conntrack: {maxPerCore: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
        healthzBindAddress: 127.0.0.1:10256
        metricsBindAddress: 127.0.0.1:10249
        """
        .formatted(node, kubeconfig);
  }
}
