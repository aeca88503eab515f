package dev.tarn.server.doctor;

import dev.tarn.core.name.RegistryHost;
import dev.tarn.server.config.RegistryConfiguration;
import dev.tarn.server.config.UpstreamConfiguration;
import dev.tarn.server.console.Figures;
import dev.tarn.server.console.Http;
import dev.tarn.server.console.Quantity;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/**
 * Asks each upstream of the configuration whether it is there, as anybody would: {@code GET /v2/}
 * without a credential. Its {@code Date} tells whether this node's clock is right.
 */
final class UpstreamCheck {
  private static final String UPSTREAM = "upstream-failing";
  private static final String CLOCK = "clock-wrong";
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);
  private static final long MAX_BYTES = 64 * 1024;
  private static final int MAX_REGISTRIES = 32;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int SERVER_ERROR = 500;

  /** What a Date, which is in whole seconds, and the way here leave open. */
  private static final Duration SLIGHT = Duration.ofSeconds(30);

  /** By then tokens are refused, and certificates soon. */
  private static final Duration GRAVE = Duration.ofMinutes(5);

  private final Scene scene;
  private final List<Finding> findings;

  /** What one upstream had to say; {@code skew} is how much this node's clock is ahead. */
  private record Word(Finding finding, Optional<Duration> skew) {}

  UpstreamCheck(Scene scene, List<Finding> findings) {
    this.scene = scene;
    this.findings = findings;
  }

  /**
   * Asks them.
   *
   * @param figures the node's: what was never used there may be away
   */
  void run(Figures figures) {
    Map<RegistryHost, RegistryConfiguration> registries = scene.configuration().registries();
    if (isProxied()) {
      findings.add(
          Finding.note(
              "upstream",
              "Registries were not asked from here: the node goes by a proxy.",
              "HTTPS_PROXY or HTTP_PROXY is set. What the node says of them counts."));
      return;
    }
    List<Word> words = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Word>> asked =
          registries.entrySet().stream()
              .limit(MAX_REGISTRIES)
              .map(each -> threads.submit(() -> registry(each.getKey(), each.getValue())))
              .toList();
      for (Future<Word> each : asked) {
        words.add(each.get());
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
    boolean someAnswer = words.stream().anyMatch(word -> !isSilent(word.finding()));
    words.forEach(word -> findings.add(inUse(word.finding(), figures, someAnswer)));
    clock(words.stream().flatMap(word -> word.skew().stream()).sorted().toList());
  }

  private static boolean isSilent(Finding finding) {
    return finding.severity() == Severity.TROUBLE;
  }

  /**
   * A registry that nobody here pulls from may be away, and so may one that others stand in for.
   */
  private Finding inUse(Finding finding, Figures figures, boolean someAnswer) {
    if (!isSilent(finding)) {
      return finding;
    }
    RegistryConfiguration registry =
        scene.configuration().registries().get(new RegistryHost(finding.subject()));
    if (registry != null
        && registry.upstreams().isEmpty()
        && figures.sum("tarn_agent_upstreams").orElse(0) > 0) {
      return new Finding(
          Severity.NOTE,
          "upstream",
          finding.subject(),
          finding.subject()
              + " does not answer from here. The node may fetch it from whom the agent found in"
              + " hosts.toml.",
          finding.seen(),
          "");
    }
    boolean used =
        figures
                .sum(
                    "tarn_upstream_requests_total",
                    sample -> sample.label("registry").equals(finding.subject()))
                .orElse(0)
            > 0;
    return used || !someAnswer
        ? finding
        : new Finding(
            Severity.ATTENTION,
            finding.code(),
            finding.subject(),
            finding.text() + " Nothing was asked of it since the node started.",
            finding.seen(),
            finding.fix() + " Or take it out of registries.");
  }

  private boolean isProxied() {
    return Stream.of("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")
        .anyMatch(name -> !scene.environment().getOrDefault(name, "").isBlank());
  }

  /** The first that answers is enough, as it is for the node. */
  private Word registry(RegistryHost host, RegistryConfiguration registry) {
    List<Word> words = new ArrayList<>();
    for (UpstreamConfiguration upstream : registry.upstreamsOf(host)) {
      Word word = ask(host, upstream);
      if (word.finding().severity() == Severity.FINE) {
        return word;
      }
      words.add(word);
    }
    return words.getFirst();
  }

  private Word ask(RegistryHost host, UpstreamConfiguration upstream) {
    URI target = URI.create(upstream.url() + "/v2/");
    try {
      Http.Request plain = Http.Request.of("GET", target, ANSWER_TIMEOUT, MAX_BYTES);
      Optional<Path> more = upstream.ca();
      Optional<Path> everywhere = scene.configuration().upstream().ca();
      List<Path> added = Stream.of(more, everywhere).flatMap(Optional::stream).toList();
      Instant sent = scene.clock().instant();
      Http.Head head = Http.send(added.isEmpty() ? plain : plain.with(Trust.with(added))).head();
      Optional<Duration> skew = skew(head.header("Date"), sent.plus(head.time().dividedBy(2)));
      return new Word(judge(host, target, head.status()), skew);
    } catch (SSLException e) {
      return silent(
          host,
          target,
          Reason.of(e),
          "Where its certificate is of an authority of your own, name its file as ca of the"
              + " upstream, or as upstream.ca; else see whether something between decrypts.");
    } catch (IOException e) {
      return silent(
          host,
          target,
          Reason.of(e),
          "See whether the node reaches it: DNS, routes, firewall, HTTPS_PROXY. Until then what is"
              + " cached is served, and containerd gets the rest by itself if it can.");
    } catch (GeneralSecurityException e) {
      return silent(
          host,
          target,
          "The authorities to be believed cannot be read: " + e.getMessage(),
          "Put certificates in PEM where ca and upstream.ca name them.");
    }
  }

  private static Word silent(RegistryHost host, URI target, String reason, String fix) {
    return new Word(
        Finding.trouble(
                UPSTREAM, host + " does not answer.", "GET " + target + ": " + reason + ".", fix)
            .about(host.value()),
        Optional.empty());
  }

  private static Finding judge(RegistryHost host, URI target, int status) {
    String seen = "GET " + target + " was answered " + status + ".";
    Finding finding;
    if (status == TOO_MANY_REQUESTS) {
      finding =
          Finding.attention(
              "upstream-rate-limited",
              host + " limits how much may be asked from here.",
              seen,
              "Give "
                  + host
                  + " credentials, or set maxAge for its tags, so that it is asked less.");
    } else if (status >= SERVER_ERROR) {
      finding =
          Finding.trouble(
              UPSTREAM,
              host + " is in trouble.",
              seen,
              "Wait for it, or name a second upstream for it. Until then what is cached is served.");
    } else {
      finding = Finding.fine("upstream", host + " answers (" + status + ").");
    }
    return finding.about(host.value());
  }

  private static Optional<Duration> skew(String date, Instant here) {
    try {
      Instant there = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return Optional.of(Duration.between(there, here));
    } catch (DateTimeException _) {
      return Optional.empty();
    }
  }

  private void clock(List<Duration> skews) {
    if (skews.isEmpty()) {
      findings.add(
          Finding.note("clock", "The clock could not be compared.", "No upstream told its time."));
      return;
    }
    // Whose clock is wrong is decided by most of them.
    Duration skew = skews.get(skews.size() / 2);
    String seen =
        "It is "
            + Quantity.time(skew)
            + (skew.isNegative() ? " behind" : " ahead")
            + " by the Date of "
            + skews.size()
            + (skews.size() == 1 ? " upstream." : " upstreams.");
    if (skew.abs().compareTo(SLIGHT) < 0) {
      findings.add(Finding.fine("clock", "The clock is right, by the Date of upstreams."));
    } else {
      findings.add(
          new Finding(
              skew.abs().compareTo(GRAVE) < 0 ? Severity.ATTENTION : Severity.TROUBLE,
              CLOCK,
              "",
              "This node's clock is wrong.",
              seen,
              "Have it set: timedatectl, chronyc tracking. Tokens and certificates are judged by it."));
    }
  }
}
