package dev.tarn.e2e.laptop;

import dev.tarn.e2e.cluster.Shell;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Who has which addresses: a sixteenth of them all for a cluster, {@code 10.BLOCK.0.0/16}, that the
 * machine does not reach otherwise.
 */
record AddressPlan(int block) {
  private static final int FIRST = 100;
  private static final int LAST = 219;
  private static final int FIRST_POD_NETWORK = 16;

  /** Those that nobody seems to use; somebody else may take one meanwhile. */
  static List<AddressPlan> free() {
    String routes = Shell.run("ip", "-4", "route", "show", "table", "all");
    return IntStream.rangeClosed(FIRST, LAST)
        .mapToObj(AddressPlan::new)
        .filter(plan -> !routes.contains("10." + plan.block + "."))
        .filter(plan -> !plan.isTaken())
        .toList();
  }

  private boolean isTaken() {
    return Files.exists(Path.of("/sys/class/net", device()), LinkOption.NOFOLLOW_LINKS);
  }

  /** What the machine's end of the cable is called, so that there are no two of them. */
  String device() {
    return "tarnkube" + block;
  }

  /** What addresses of nodes begin with. */
  String nodes() {
    return "10." + block + ".0.";
  }

  /** The network of the pods at a node. */
  String pods(String nodeAddress) {
    int host = Integer.parseInt(nodeAddress.substring(nodeAddress.lastIndexOf('.') + 1));
    return "10." + block + "." + (FIRST_POD_NETWORK + host) + ".0/24";
  }

  String services() {
    return "10." + block + ".128.0/17";
  }

  String firstService() {
    return "10." + block + ".128.1";
  }
}
