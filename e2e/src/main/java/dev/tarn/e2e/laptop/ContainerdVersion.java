package dev.tarn.e2e.laptop;

import dev.tarn.e2e.process.Tools;
import dev.tarn.e2e.run.Need;
import java.nio.file.Path;
import java.util.List;

/** A containerd that nodes have: Debian's package, or a tool that is built from its module. */
public enum ContainerdVersion {
  DEBIAN("1.6"),
  V1_7("1.7"),
  V2_2("2.2"),
  V2_4("2.4");

  private final String minor;

  ContainerdVersion(String minor) {
    this.minor = minor;
  }

  /** Such as {@code 2.2}. */
  public String minor() {
    return minor;
  }

  /** Whether its configuration has CRI's images and runtime in two sections. */
  boolean second() {
    return compareTo(V2_2) >= 0;
  }

  List<Need> needs() {
    return this == DEBIAN
        ? List.of(Need.debian("containerd", "containerd"))
        : List.of(Need.goTool(tool()));
  }

  /** The directory of its programs. */
  Path programs() {
    return this == DEBIAN
        ? Tools.onPath("containerd").map(Tools::directoryOf).orElseThrow()
        : Tools.build(tool());
  }

  private String tool() {
    return Tools.version("containerd-" + minor + ".");
  }
}
