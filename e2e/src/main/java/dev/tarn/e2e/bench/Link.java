package dev.tarn.e2e.bench;

import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.run.Need;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A network cable to a network namespace, in which the upstream registry is: a pair of veth, with a
 * limit to what comes out of it.
 */
final class Link implements AutoCloseable {
  private static final Duration COMMAND_LIMIT = Duration.ofSeconds(20);
  private static final int SUBNETS = 250;

  private final Path directory;
  private final String namespace;
  private final String inside;
  private final String here;
  private final String far;

  private Link(Path directory) {
    long pid = ProcessHandle.current().pid();
    this.directory = directory;
    this.namespace = "tarn-bench-" + pid;
    this.here = "tb" + pid + "a";
    this.inside = "tb" + pid + "b";
    this.far = "10.213." + pid % SUBNETS;
  }

  static List<Need> needs() {
    return List.of(Need.root(), Need.debian("ip", "iproute2"), Need.debian("tc", "iproute2"));
  }

  /** Lays the cable; its commands' output goes to the directory. */
  static Link lay(Path directory) {
    Link link = new Link(directory);
    try {
      link.run("ip", "netns", "add", link.namespace);
      link.run("ip", "link", "add", link.here, "type", "veth", "peer", "name", link.inside);
      link.run("ip", "link", "set", link.inside, "netns", link.namespace);
      link.run("ip", "address", "add", link.far + ".1/30", "dev", link.here);
      link.run("ip", "link", "set", link.here, "up");
      link.runInside("ip", "address", "add", link.address() + "/30", "dev", link.inside);
      link.runInside("ip", "link", "set", link.inside, "up");
      link.runInside("ip", "link", "set", "lo", "up");
      return link;
    } catch (RuntimeException broken) {
      link.close();
      throw broken;
    }
  }

  /** The address of the far end. */
  String address() {
    return far + ".2";
  }

  /** Runs a command at the far end. */
  List<String> atFarEnd(List<String> command) {
    List<String> there = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
    there.addAll(command);
    return there;
  }

  /** From now on no more comes from the far end. */
  void limit(Speed speed) {
    switch (speed) {
      case UNLIMITED -> {}
      case GIGABIT -> tokens("1gbit", "256kb");
      case SLOW -> tokens("200mbit", "128kb");
    }
  }

  /** How much the link carries. */
  enum Speed {
    UNLIMITED,
    GIGABIT,
    SLOW
  }

  private void tokens(String rate, String burst) {
    runInside(
        "tc", "qdisc", "replace", "dev", inside, "root", "tbf", "rate", rate, "burst", burst,
        "latency", "50ms");
  }

  private void runInside(String... command) {
    finish(atFarEnd(List.of(command)));
  }

  private void run(String... command) {
    finish(List.of(command));
  }

  private void finish(List<String> command) {
    Child.run("link", directory, Map.of(), command, COMMAND_LIMIT).orFail();
  }

  /** Cuts the cable; what still runs at the far end reaches nobody any more. */
  @Override
  public void close() {
    Child.run("link-end", directory, Map.of(), List.of("ip", "link", "del", here), COMMAND_LIMIT);
    Child.run(
        "link-end", directory, Map.of(), List.of("ip", "netns", "del", namespace), COMMAND_LIMIT);
  }
}
