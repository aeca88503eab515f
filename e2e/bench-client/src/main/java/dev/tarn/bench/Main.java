package dev.tarn.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * One client in one JVM: warms up, then downloads a file some times and prints megabytes a second
 * and this process's CPU seconds per gigabyte. {@code CLIENT BASE_URL CA SHA256 AT_ONCE DIRECTORY}
 */
public final class Main {
  private static final int DOWNLOADS = 8;

  public static void main(String[] args) throws Exception {
    String name = args[0];
    Path ca = Path.of(args[2]);
    Path directory = Path.of(args[5]);
    try (Client client =
        switch (name) {
          case "jdk" -> new JdkClient(args[1], ca);
          case "reactor" -> new ReactorClient(args[1], ca);
          case "netty" -> new TarnClient(args[1], ca);
          default -> throw new IllegalArgumentException(name);
        }) {
      int atOnce = Integer.parseInt(args[4]);
      run(client, args[3], atOnce, directory);
      long cpu = cpuNanos();
      long start = System.nanoTime();
      long bytes = run(client, args[3], atOnce, directory);
      double seconds = (System.nanoTime() - start) / 1e9;
      double cpuSeconds = (cpuNanos() - cpu) / 1e9;
      System.out.printf("%.1f %.3f%n", bytes / 1e6 / seconds, cpuSeconds / (bytes / 1e9));
    }
  }

  private static long run(Client client, String digest, int atOnce, Path directory)
      throws Exception {
    long bytes = 0;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int done = 0; done < DOWNLOADS; done += atOnce) {
        List<Future<Long>> group = new ArrayList<>();
        for (int i = 0; i < atOnce; i++) {
          Path file = directory.resolve("download-" + i);
          group.add(threads.submit(() -> fetch(client, digest, file)));
        }
        for (Future<Long> one : group) {
          bytes += one.get();
        }
      }
    }
    return bytes;
  }

  private static long fetch(Client client, String digest, Path file) throws Exception {
    try (Sink sink = new Sink(file)) {
      client.fetch(digest, sink);
      if (!sink.hex().equals(digest)) {
        throw new IllegalStateException("wrong bytes");
      }
    }
    return Files.size(file);
  }

  private static long cpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
