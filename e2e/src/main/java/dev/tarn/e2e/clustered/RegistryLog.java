package dev.tarn.e2e.clustered;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What docker-registry says that it sent: the lines of its access log, in Apache's combined format.
 */
record RegistryLog(List<Sent> sent) {
  /** Repository, kind and reference; bytes; and who asked. */
  private static final Pattern LINE =
      Pattern.compile(
          "\"GET /v2/(\\S+)/(blobs|manifests)/(\\S+) HTTP/1\\.1\" (?:200|206) (\\d+) \"[^\"]*\""
              + " \"([^\"]*)\"");

  RegistryLog {
    sent = List.copyOf(sent);
  }

  /** A body that it sent, or the part of it that it sent before the connection ended. */
  record Sent(String repository, boolean blob, String reference, long bytes, String client) {}

  static RegistryLog parse(String log) {
    List<Sent> sent = new ArrayList<>();
    Matcher line = LINE.matcher(log);
    while (line.find()) {
      sent.add(
          new Sent(
              line.group(1),
              line.group(2).equals("blobs"),
              line.group(3).replace("%3A", ":"),
              Long.parseLong(line.group(4)),
              line.group(5)));
    }
    return new RegistryLog(sent);
  }

  /** What it has more than an earlier reading of the same log. */
  RegistryLog since(RegistryLog earlier) {
    return new RegistryLog(sent.subList(earlier.sent.size(), sent.size()));
  }

  long bytes() {
    return sent.stream().mapToLong(Sent::bytes).sum();
  }

  long count(Predicate<Sent> which) {
    return sent.stream().filter(which).count();
  }
}
