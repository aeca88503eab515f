package dev.tarn.server.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The demo's nodes, which know each other by a list. Used by one thread. */
final class DemoCluster implements AutoCloseable {
  private static final Duration PEERS_WITHIN = Duration.ofSeconds(20);

  private final List<DemoNode> nodes = new ArrayList<>();

  private DemoCluster() {}

  static DemoCluster start(
      int size,
      EmbeddedRegistry upstream,
      DemoIdentities identities,
      Path directory,
      String version)
      throws IOException, InterruptedException {
    DemoCluster cluster = new DemoCluster();
    try {
      List<Integer> ports = freePorts(size);
      List<String> members = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        members.add("node-" + (i + 1) + "=127.0.0.1:" + ports.get(i));
      }
      for (int i = 0; i < size; i++) {
        String name = "node-" + (i + 1);
        identities.writeTo(directory, name);
        DemoNode.Place place = new DemoNode.Place(name, ports.get(i), members, directory);
        cluster.nodes.add(DemoNode.start(place, upstream, version));
      }
      cluster.awaitPeers();
      return cluster;
    } catch (IOException | InterruptedException | RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  /** Free a moment ago: all of them have to be told before the first node is started. */
  static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      return sockets.stream().map(ServerSocket::getLocalPort).toList();
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
  }

  /** Peers are begun after a node is ready: a pull in between would go upstream alone. */
  private void awaitPeers() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PEERS_WITHIN.toNanos();
    for (DemoNode node : nodes) {
      while (!node.hasPeers()) {
        if (System.nanoTime() > deadline) {
          throw new IOException(node.name() + " does not find its peers");
        }
        TimeUnit.MILLISECONDS.sleep(10);
      }
    }
  }

  List<DemoNode> nodes() {
    return nodes;
  }

  @Override
  public void close() {
    nodes.forEach(DemoNode::close);
  }
}
