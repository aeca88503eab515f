package dev.tarn.e2e.cluster;

import dev.tarn.e2e.run.Need;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A switch in a network namespace of its own, and the sites at the ends of its cables. Nothing of
 * it is to be seen from the machine's own network.
 */
public final class Network implements AutoCloseable {
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final String PREFIX = "10.214.0.";
  private static final int FIRST_HOST = 10;

  private final String name;
  private final List<Site> sites = new ArrayList<>();

  private Network(String name) {
    this.name = name;
  }

  public static List<Need> needs() {
    return List.of(
        Need.root(),
        Need.debian("ip", "iproute2"),
        Need.debian("tc", "iproute2"),
        Need.debian("iptables", "iptables"));
  }

  /** Sets the switch up. */
  public static Network open() {
    Network network =
        new Network("tarn-" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet());
    try {
      Shell.run("ip", "netns", "add", network.name);
      network.ip("link", "set", "lo", "up");
      network.ip("link", "add", "br0", "type", "bridge");
      network.ip("address", "add", network.address() + "/24", "dev", "br0");
      network.ip("link", "set", "br0", "up");
      return network;
    } catch (RuntimeException broken) {
      network.close();
      throw broken;
    }
  }

  /** The switch's own address, at no link's end. */
  public String address() {
    return PREFIX + 1;
  }

  /** All addresses of it. */
  public static String subnet() {
    return PREFIX + "0/24";
  }

  String name() {
    return name;
  }

  void ip(String... arguments) {
    List<String> command = new ArrayList<>(List.of("ip", "-n", name));
    command.addAll(List.of(arguments));
    Shell.run(command);
  }

  /** A new site by an unlimited cable. */
  public synchronized Site join(String called) {
    Site site = new Site(this, called, PREFIX + (FIRST_HOST + sites.size()), sites.size());
    sites.add(site);
    site.connect();
    return site;
  }

  /** Does something at the switch, whose thread it is for that long. */
  public <T> FutureTask<T> start(Callable<T> work) {
    return NamespaceThreads.start(name, work);
  }

  /** Removes everything; processes that still run within reach nobody any more. */
  @Override
  public synchronized void close() {
    sites.forEach(Site::remove);
    sites.clear();
    var _ = Shell.attempt(List.of("ip", "netns", "del", name));
  }
}
