package dev.tarn.e2e.node;

import dev.tarn.e2e.process.Tools;
import dev.tarn.e2e.run.Need;
import java.nio.file.Path;
import java.util.List;

/** Which containerd, and by which of its ways it pulls for CRI. */
public enum Flavour {
  DEBIAN("containerd 1.6"),
  TRANSFER("containerd 2.x transfer"),
  LOCAL("containerd 2.x local");

  private static final String NEWEST = "containerd-2";

  private final String title;

  Flavour(String title) {
    this.title = title;
  }

  public String title() {
    return title;
  }

  public List<Need> needs() {
    return switch (this) {
      case DEBIAN ->
          List.of(Need.debian("containerd", "containerd"), Need.debian("ctr", "containerd"));
      case TRANSFER, LOCAL -> List.of(Need.goTool(Tools.version(NEWEST)));
    };
  }

  public boolean second() {
    return this != DEBIAN;
  }

  /** The directory of its programs. */
  Path programs() {
    return switch (this) {
      case DEBIAN -> Tools.onPath("containerd").map(Tools::directoryOf).orElseThrow();
      case TRANSFER, LOCAL -> Tools.build(Tools.version(NEWEST));
    };
  }

  /** What its log says at each pull, so that a case can tell that it took the right way. */
  String mark() {
    return switch (this) {
      case DEBIAN -> "PullImage";
      case TRANSFER -> "using transfer service";
      case LOCAL -> "using client.Pull()";
    };
  }
}
