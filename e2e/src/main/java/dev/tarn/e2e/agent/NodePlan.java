package dev.tarn.e2e.agent;

import dev.tarn.e2e.node.ContainerdPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The containerd of a combination.
 *
 * @param registry by its name in images
 * @param operator the mirror that legacy settings name
 */
record NodePlan(Combination kind, String registry, URI operator) implements ContainerdPlan {
  static final String SECOND_ROOT = "certs2.d";
  private static final String DROP_INS = "conf.d";

  @Override
  public Path programs() {
    return kind.release().programs();
  }

  @Override
  public List<String> before(Path directory) {
    return kind.setting() == Setting.EMPTY ? DefaultRoot.mount(directory) : List.of();
  }

  @Override
  public String title() {
    return "containerd " + kind.release();
  }

  @Override
  public String mark() {
    return "PullImage";
  }

  @Override
  public String toml(Path directory, Path socket, Path certs, String snapshotter) {
    boolean droppedIn = kind.setting() == Setting.DROP_IN;
    if (droppedIn) {
      Path dropIn = directory.resolve(DROP_INS).resolve("registry.toml");
      write(dropIn, "version = " + version() + "\n" + registries(certs, directory));
    }
    return "version = %d\nroot = \"%s/root\"\nstate = \"%s/state\"\n"
            .formatted(version(), directory, socket.getParent())
        + (droppedIn ? "imports = [\"" + directory + "/" + DROP_INS + "/*.toml\"]\n" : "")
        + server(directory, socket)
        + images(snapshotter)
        + (droppedIn ? "" : registries(certs, directory));
  }

  private int version() {
    return kind.release().configVersion();
  }

  private boolean first() {
    return version() == 2;
  }

  private String server(Path directory, Path socket) {
    String address =
        version() >= 4
            ? """
              [plugins."io.containerd.server.v1.grpc"]
                address = "%1$s"
              [plugins."io.containerd.server.v1.ttrpc"]
                address = "%1$s.ttrpc"
              """
            : """
              [grpc]
                address = "%s"
              """;
    String disabled =
        first()
            ? """
              disabled_plugins = ["io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.btrfs", \
              "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.nri.v1.nri"]
              """
            : "disabled_plugins = [\"io.containerd.nri.v1.nri\"]\n";
    return disabled
        + address.formatted(socket)
        + """
          [plugins."io.containerd.internal.v1.opt"]
            path = "%1$s/opt"
          [plugins."%2$s".cni]
            conf_dir = "%1$s/cni-conf"
          """
            .formatted(
                directory, first() ? "io.containerd.grpc.v1.cri" : "io.containerd.cri.v1.runtime");
  }

  private String table() {
    return first()
        ? "plugins.\"io.containerd.grpc.v1.cri\""
        : "plugins.\"io.containerd.cri.v1.images\"";
  }

  /** Where options of pulls are: until configuration version 2, some are a table further down. */
  private String images(String snapshotter) {
    String option = kind.setting().option();
    boolean below = option.startsWith("disable_snapshot_annotations");
    String more = "snapshotter = \"%s\"\n".formatted(snapshotter) + discard();
    if (!first()) {
      return "[%s]\n%s\n%s".formatted(table(), option, more);
    }
    return "[%1$s]\n%2$s\n[%1$s.containerd]\n%3$s\n%4$s"
        .formatted(table(), below ? "" : option, below ? option : "", more);
  }

  private String discard() {
    return "discard_unpacked_layers = " + kind.discards() + "\n";
  }

  private String registries(Path certs, Path directory) {
    String path =
        switch (kind.setting().roots()) {
          case NONE -> "";
          case ONE -> certs.toString();
          case ONE_AND_COLON -> certs + ":";
          case TWO -> certs + ":" + directory.resolve(SECOND_ROOT);
        };
    String legacy =
        switch (kind.setting()) {
          case LEGACY_MIRRORS ->
              "[%s.registry.mirrors.\"%s\"]\nendpoint = [\"%s\"]\n"
                  .formatted(table(), registry, operator);
          case CREDENTIALS ->
              "[%s.registry.configs.\"elsewhere.test\".auth]\nusername = \"a\"\npassword = \"b\"\n"
                  .formatted(table());
          default -> "";
        };
    return "[%s.registry]\nconfig_path = \"%s\"\n%s".formatted(table(), path, legacy);
  }

  private static void write(Path file, String content) {
    try {
      Files.createDirectories(file.resolve("..").normalize());
      Files.writeString(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
