package dev.tarn.server.peer;

import dev.tarn.server.peer.tls.IdentityFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What one node gets from another over loopback, each a process on a processor of its own, plain and
 * by mutual TLS in turns, and what it costs either of them.
 *
 * <p>Arguments: seconds for each figure; rounds to warm up; rounds; {@code store} to hash and write what comes, as a
 * node does, or {@code drop}; {@code pinned}, or {@code shared} for processors shared by both; then
 * variants, each a name and, after a colon, options of the Java process between commas. All
 * variants take turns. This process's own options are its nodes' too. Not by JMH, which has no
 * processor time and one process.
 */
public final class PeerThroughput {
  private enum Mode {
    PLAIN,
    TLS;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private PeerThroughput() {}

  /** A figure of one round. */
  private record Figure(double megabytesPerSecond, double giverSeconds, double takerSeconds) {
    double cost() {
      return giverSeconds + takerSeconds;
    }
  }

  /** Two nodes, the second of which takes from the first. */
  private record Pair(String name, Peer giver, Peer taker, List<List<Figure>> figures) {
    static Pair start(
        String variant, String sink, boolean pinned, IdentityFiles giver, IdentityFiles taker)
        throws IOException {
      String[] parts = variant.split(":", 2);
      List<String> options =
          parts.length == 1 ? List.of() : Arrays.asList(parts[1].split(",", -1));
      return new Pair(
          parts[0],
          Peer.start(options, pinned ? "0" : "", "giver", sink, giver),
          Peer.start(options, pinned ? "1" : "", "taker", sink, taker),
          List.of(new ArrayList<>(), new ArrayList<>()));
    }

    List<Figure> of(Mode mode) {
      return figures.get(mode.ordinal());
    }

    Figure measure(Mode mode, int seconds) throws IOException {
      long gave = giver.processorNanos();
      long took = taker.processorNanos();
      String[] said =
          taker.ask("load " + mode.word() + " " + giver.port(mode) + " " + seconds).split(" ");
      double bytes = Double.parseDouble(said[0]);
      double nanos = Double.parseDouble(said[1]);
      return new Figure(
          bytes / nanos * 1000,
          (giver.processorNanos() - gave) / bytes,
          (taker.processorNanos() - took) / bytes);
    }

    void end() {
      giver.process().destroy();
      taker.process().destroy();
    }
  }

  /** One of the two, in a process of its own. */
  private record Peer(
      Process process, BufferedReader from, PrintStream to, List<String> ports) {
    static Peer start(
        List<String> options, String processor, String name, String sink, IdentityFiles files)
        throws IOException {
      List<String> command = new ArrayList<>();
      if (!processor.isEmpty()) {
        command.addAll(List.of("taskset", "-c", processor));
      }
      command.add(ProcessHandle.current().info().command().orElseThrow());
      command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
      command.addAll(options);
      command.addAll(List.of("-cp", System.getProperty("java.class.path")));
      command.addAll(List.of(ThroughputNode.class.getName(), name, sink));
      command.addAll(
          List.of(
              files.certificate().toString(),
              files.key().toString(),
              files.authority().toString()));
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      BufferedReader from = process.inputReader(StandardCharsets.UTF_8);
      List<String> ports = Arrays.asList(said(from).split(" ", -1));
      return new Peer(
          process,
          from,
          new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8),
          ports);
    }

    String port(Mode mode) {
      return ports.get(mode.ordinal());
    }

    String ask(String what) throws IOException {
      to.println(what);
      return said(from);
    }

    long processorNanos() throws IOException {
      return Long.parseLong(ask("processor"));
    }

    private static String said(BufferedReader from) throws IOException {
      String line = from.readLine();
      if (line == null) {
        throw new IOException("a node ended early");
      }
      return line;
    }
  }

  /** Runs all variants in turns. */
  public static void main(String[] arguments) throws IOException {
    int seconds = Integer.parseInt(arguments[0]);
    int warm = Integer.parseInt(arguments[1]);
    int rounds = Integer.parseInt(arguments[2]);
    boolean pinned = arguments[4].equals("pinned");
    PeerPki pki = PeerPki.create();
    IdentityFiles giver = pki.node("giver");
    IdentityFiles taker = pki.node("taker");
    List<Pair> pairs = new ArrayList<>();
    try {
      for (String variant : Arrays.asList(arguments).subList(5, arguments.length)) {
        pairs.add(Pair.start(variant, arguments[3], pinned, giver, taker));
      }
      for (int round = -warm; round < rounds; round++) {
        for (Pair pair : pairs) {
          for (Mode mode : Mode.values()) {
            Figure figure = pair.measure(mode, seconds);
            if (round >= 0) {
              pair.of(mode).add(figure);
            }
          }
        }
      }
      pairs.forEach(PeerThroughput::print);
    } finally {
      pairs.forEach(Pair::end);
    }
  }

  private static void print(Pair pair) {
    for (Mode mode : Mode.values()) {
      List<Figure> figures = pair.of(mode);
      double[] rates = figures.stream().mapToDouble(Figure::megabytesPerSecond).sorted().toArray();
      System.out.printf(
          "%-12s %-5s %5.0f MB/s (%.0f–%.0f), s of processor per GB: %.2f (giver %.2f, taker %.2f)%n",
          pair.name(),
          mode.word(),
          median(rates),
          rates[0],
          rates[rates.length - 1],
          median(figures.stream().mapToDouble(Figure::cost).toArray()),
          median(figures.stream().mapToDouble(Figure::giverSeconds).toArray()),
          median(figures.stream().mapToDouble(Figure::takerSeconds).toArray()));
    }
    List<Figure> plain = pair.of(Mode.PLAIN);
    List<Figure> tls = pair.of(Mode.TLS);
    double[] ratios = new double[plain.size()];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = tls.get(i).megabytesPerSecond() / plain.get(i).megabytesPerSecond();
    }
    double median = median(ratios);
    System.out.printf(
        "%-12s tls / plain %.2f (%.2f–%.2f)%n",
        pair.name(), median, ratios[0], ratios[ratios.length - 1]);
  }

  /** Sorts the values, too. */
  private static double median(double[] values) {
    Arrays.sort(values);
    int middle = values.length / 2;
    return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  }
}
