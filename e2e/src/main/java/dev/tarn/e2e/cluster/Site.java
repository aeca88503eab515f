package dev.tarn.e2e.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A network namespace with one cable to the switch, which may be limited, cut, or deaf to another
 * site. Commands block; they come from one thread at a time.
 */
public final class Site implements Place {
  private static final String CABLE = "eth0";

  private final Network network;
  private final String called;
  private final String address;
  private final String namespace;
  private final String port;
  private boolean limited;

  Site(Network network, String called, String address, int number) {
    this.network = network;
    this.called = called;
    this.address = address;
    this.namespace = network.name() + "-" + number;
    this.port = "port" + number;
  }

  void connect() {
    Shell.run("ip", "netns", "add", namespace);
    network.ip("link", "add", port, "type", "veth", "peer", "name", CABLE, "netns", namespace);
    network.ip("link", "set", port, "master", "br0", "up");
    ip("link", "set", "lo", "up");
    ip("address", "add", address + "/24", "dev", CABLE);
    ip("link", "set", CABLE, "up");
    CongestionControl.usual(this);
  }

  void remove() {
    var _ = Shell.attempt(List.of("ip", "netns", "del", namespace));
  }

  /** What it is called in logs. */
  public String called() {
    return called;
  }

  public String address() {
    return address;
  }

  private void ip(String... arguments) {
    List<String> command = new ArrayList<>(List.of("ip", "-n", namespace));
    command.addAll(List.of(arguments));
    Shell.run(command);
  }

  /** From now on no more than that leaves by the cable, and no more comes. */
  public void limit(LinkSpeed speed) {
    shape(namespace, CABLE, speed);
    shape(network.name(), port, speed);
    limited = true;
  }

  private void shape(String where, String device, LinkSpeed speed) {
    String rate = speed.megabits() + "mbit";
    if (!limited) {
      tc(where, "qdisc", "replace", "dev", device, "root", "handle", "1:", "htb", "default", "1");
    }
    // The quantum is for several classes; it is only named so that tc does not warn.
    tc(
        where, "class", "replace", "dev", device, "parent", "1:", "classid", "1:1", "htb", "rate",
        rate, "burst", "64kb", "cburst", "64kb", "quantum", "60000");
    tc(
        where,
        "qdisc",
        "replace",
        "dev",
        device,
        "parent",
        "1:1",
        "handle",
        "10:",
        "bfifo",
        "limit",
        Integer.toString(speed.queueBytes()));
  }

  private static void tc(String where, String... arguments) {
    List<String> command = new ArrayList<>(List.of("tc", "-n", where));
    command.addAll(List.of(arguments));
    Shell.run(command);
  }

  /** Pulls the cable out, or puts it back. */
  public void cut(boolean isCut) {
    network.ip("link", "set", port, isCut ? "down" : "up");
  }

  /** Drops what comes from the other, silently, or does so no longer. */
  public void ignore(Site other, boolean isIgnored) {
    Shell.run(
        within(
            List.of(
                "iptables",
                "-w",
                isIgnored ? "-A" : "-D",
                "INPUT",
                "-s",
                other.address,
                "-j",
                "DROP")));
  }

  /** Sends what is for those addresses, or for {@code default} all others, by way of that one. */
  public void route(String destination, String by) {
    ip("route", "replace", destination, "via", by);
  }

  /** Sends it there no longer. */
  public void forget(String destination) {
    ip("route", "del", destination);
  }

  /** Takes every limit away. */
  public void unlimited() {
    if (limited) {
      tc(namespace, "qdisc", "del", "dev", CABLE, "root");
      tc(network.name(), "qdisc", "del", "dev", port, "root");
      limited = false;
    }
  }

  /** The file by which its namespace is entered. */
  public Path namespace() {
    return Path.of("/run/netns", namespace);
  }

  /** The command that runs a command here. */
  public List<String> within(List<String> command) {
    List<String> there = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
    there.addAll(command);
    return there;
  }

  @Override
  public <T> FutureTask<T> start(Callable<T> work) {
    return NamespaceThreads.start(namespace, work);
  }

  /** Does something here and waits for it. */
  public <T> T call(Callable<T> work) throws Exception {
    try {
      return start(work).get();
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw failed;
    }
  }

  /** What passed the cable so far, in bytes on the wire. */
  public Passed passed() throws Exception {
    return call(Site::readCounters);
  }

  /** What a cable brought and took. */
  public record Passed(long received, long sent) {
    public Passed since(Passed earlier) {
      return new Passed(received - earlier.received, sent - earlier.sent);
    }
  }

  private static Passed readCounters() throws IOException {
    Optional<String> line =
        Files.readAllLines(Path.of("/proc/thread-self/net/dev")).stream()
            .map(String::strip)
            .filter(text -> text.startsWith(CABLE + ":"))
            .findFirst();
    String[] fields = line.orElseThrow().substring(CABLE.length() + 1).strip().split(" +", -1);
    return new Passed(Long.parseLong(fields[0]), Long.parseLong(fields[8]));
  }
}
