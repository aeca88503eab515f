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
  private static final int OUTLET_HOST = 2;
  private static final int FIRST_HOST = 10;

  private final String name;
  private final String prefix;
  private final List<Site> sites = new ArrayList<>();
  private int joined;

  private Network(String name, String prefix) {
    this.name = name;
    this.prefix = prefix;
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
    return open("tarn-" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet(), PREFIX);
  }

  /**
   * Sets one up.
   *
   * @param name of its namespace, with which those of its sites begin
   * @param prefix of its addresses: their first three numbers, and a dot
   */
  public static Network open(String name, String prefix) {
    Network network = new Network(name, prefix);
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
    return prefix + 1;
  }

  /** All addresses of one whose prefix nobody chose. */
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
    Site site = new Site(this, called, prefix + (FIRST_HOST + joined), joined);
    joined++;
    sites.add(site);
    site.connect();
    return site;
  }

  /** Takes a site away; its processes have to be gone. */
  public synchronized void leave(Site site) {
    sites.remove(site);
    site.remove();
  }

  /**
   * Lays a cable from the switch to the machine's own network.
   *
   * @param device what its other end is called there, which nobody else is
   * @return the address of that end
   */
  public String outlet(String device) {
    String address = prefix + OUTLET_HOST;
    Shell.run("ip", "link", "add", device, "type", "veth", "peer", "name", "outlet", "netns", name);
    ip("link", "set", "outlet", "master", "br0", "up");
    Shell.run("ip", "address", "add", address + "/24", "dev", device);
    Shell.run("ip", "link", "set", device, "up");
    return address;
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
