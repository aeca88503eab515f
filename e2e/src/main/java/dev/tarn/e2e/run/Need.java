package dev.tarn.e2e.run;

import dev.tarn.e2e.process.Ports;
import dev.tarn.e2e.process.Tools;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Something that must be on the machine, and what to do where it is not. */
public record Need(String what, String remedy, BooleanSupplier present) {

  /** A command from one of Debian's packages. */
  public static Need debian(String command, String packageName) {
    return new Need(
        command,
        "e2e/packages installs it (Debian's " + packageName + ")",
        () -> Tools.onPath(command).isPresent());
  }

  /** A tool under e2e/tools, built when a suite that needs it starts. */
  public static Need goTool(String tool) {
    return new Need(
        tool,
        "e2e/tools/build " + tool + " builds it, with Go 1.26 on the PATH (https://go.dev/dl/)",
        () -> Tools.built(tool).isPresent() || Tools.onPath("go").isPresent());
  }

  /** For what must not be at loopback. */
  public static Need ownAddress() {
    return new Need(
        "an address besides loopback",
        "give the machine one: Tarn may not be sent to loopback",
        () -> Ports.ownAddress().isPresent());
  }

  public static Need root() {
    return new Need(
        "root",
        "run it as root: containerd mounts file systems",
        () -> "root".equals(System.getProperty("user.name")));
  }

  /** What is missing and how to get it, or empty. */
  public Optional<String> missing() {
    return present.getAsBoolean() ? Optional.empty() : Optional.of(what + ": " + remedy);
  }
}
