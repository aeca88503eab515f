package dev.tarn.e2e.node;

import java.nio.file.Path;

/** What the suites set of containerd's configuration. */
public record ContainerdConfig(Flavour flavour, boolean parallelRanges, boolean isolatedNamespaces)
    implements ContainerdPlan {

  public static ContainerdConfig of(Flavour flavour) {
    return new ContainerdConfig(flavour, false, false);
  }

  /** Layers are fetched as several ranges at once (2.1 and later). */
  public ContainerdConfig withParallelRanges() {
    return new ContainerdConfig(flavour, true, isolatedNamespaces);
  }

  /** A namespace does not profit from what another has fetched already. */
  public ContainerdConfig withIsolatedNamespaces() {
    return new ContainerdConfig(flavour, parallelRanges, true);
  }

  @Override
  public Path programs() {
    return flavour.programs();
  }

  @Override
  public String title() {
    return flavour.title();
  }

  @Override
  public String mark() {
    return flavour.mark();
  }

  @Override
  public String toml(Path directory, Path socket, Path certs, String snapshotter) {
    return switch (flavour) {
      case DEBIAN -> first(directory, socket, certs, snapshotter);
      case TRANSFER, LOCAL -> second(directory, socket, certs, snapshotter);
    };
  }

  private String first(Path directory, Path socket, Path certs, String snapshotter) {
    return """
        version = 2
        root = "%1$s/root"
        state = "%2$s/state"
        disabled_plugins = ["io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.devmapper"]
        [grpc]
          address = "%3$s"
        [plugins."io.containerd.internal.v1.opt"]
          path = "%1$s/opt"
        [plugins."io.containerd.metadata.v1.bolt"]
          content_sharing_policy = "%6$s"
        [plugins."io.containerd.grpc.v1.cri".cni]
          bin_dir = "%1$s/cni-bin"
          conf_dir = "%1$s/cni-conf"
        [plugins."io.containerd.grpc.v1.cri".containerd]
          snapshotter = "%5$s"
        [plugins."io.containerd.grpc.v1.cri".registry]
          config_path = "%4$s"
        """
        .formatted(directory, socket.getParent(), socket, certs, snapshotter, sharing());
  }

  private String second(Path directory, Path socket, Path certs, String snapshotter) {
    return """
        version = 4
        root = "%1$s/root"
        state = "%2$s/state"
        temp = "%1$s/temp"
        imports = []
        disabled_plugins = ["io.containerd.nri.v1.nri"]
        [plugins."io.containerd.server.v1.grpc"]
          address = "%3$s"
        [plugins."io.containerd.server.v1.ttrpc"]
          address = "%3$s.ttrpc"
        [plugins."io.containerd.internal.v1.opt"]
          path = "%1$s/opt"
        [plugins."io.containerd.metadata.v1.bolt"]
          content_sharing_policy = "%6$s"
        [plugins."io.containerd.cri.v1.runtime".cni]
          bin_dirs = ["%1$s/cni-bin"]
          conf_dir = "%1$s/cni-conf"
        [plugins."io.containerd.transfer.v1.local"]
          concurrent_layer_fetch_buffer = %8$d
        [plugins."io.containerd.cri.v1.images"]
          snapshotter = "%5$s"
          use_local_image_pull = %7$b
          concurrent_layer_fetch_buffer = %8$d
        [plugins."io.containerd.cri.v1.images".registry]
          config_path = "%4$s"
        """
        .formatted(
            directory,
            socket.getParent(),
            socket,
            certs,
            snapshotter,
            sharing(),
            flavour == Flavour.LOCAL,
            parallelRanges ? 4 * 1024 * 1024 : 0);
  }

  private String sharing() {
    return isolatedNamespaces ? "isolated" : "shared";
  }
}
