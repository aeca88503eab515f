package dev.tarn.e2e.agent;

import dev.tarn.e2e.process.Tools;
import dev.tarn.e2e.run.Need;
import java.nio.file.Path;
import java.util.List;

/** A minor version of containerd: Debian's package, or a tool that is built from its module. */
enum Release {
  V1_6("1.6", 2),
  V1_7("1.7", 2),
  V2_0("2.0", 3),
  V2_1("2.1", 3),
  V2_2("2.2", 3),
  V2_3("2.3", 4),
  V2_4("2.4", 4);

  /** What Debian 12 has; its patches change nothing of how registries are found. */
  private static final String DEBIAN = "1.6.20";

  private final String minor;
  private final int configVersion;

  Release(String minor, int configVersion) {
    this.minor = minor;
    this.configVersion = configVersion;
  }

  /** Whether pulls go by the transfer service, which takes several roots for the name of one. */
  boolean pullsByTransfer() {
    return compareTo(V2_1) >= 0;
  }

  /** Such as {@code 2.1}. */
  String minor() {
    return minor;
  }

  /** The newest version of configuration files that it reads. */
  int configVersion() {
    return configVersion;
  }

  /** Its whole version, such as {@code 2.1.9}. */
  String version() {
    return this == V1_6 ? DEBIAN : tool().substring("containerd-".length());
  }

  List<Need> needs() {
    return this == V1_6
        ? List.of(Need.debian("containerd", "containerd"))
        : List.of(Need.goTool(tool()));
  }

  Path programs() {
    return this == V1_6
        ? Tools.onPath("containerd").map(Tools::directoryOf).orElseThrow()
        : Tools.build(tool());
  }

  private String tool() {
    return Tools.version("containerd-" + minor + ".");
  }

  @Override
  public String toString() {
    return minor;
  }
}
