package dev.tarn.server.doctor;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.ImageReference;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.server.console.Figures;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Judges a pull through the node. What the node had to do for it upstream is told by its figures
 * before and after.
 */
final class PullCheck {
  private static final String PULL = "pull";
  private static final String UPSTREAM_REQUESTS = "tarn_upstream_requests_total";
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int TOO_MANY_REQUESTS = 429;

  /** What keeps an answer away, and what to do. */
  private record Trouble(String what, String fix) {}

  /** What upstream statuses mean that are no answer, and what to do. */
  private static final Map<String, Trouble> TROUBLES =
      Map.of(
          "connect",
              new Trouble(
                  "no connection came about",
                  "See whether the node reaches it: DNS, routes, firewall, HTTPS_PROXY."),
          "timeout",
              new Trouble(
                  "nothing came in time",
                  "See whether it is slow, or packets are lost on the way."),
          "tls",
              new Trouble(
                  "its certificate is not believed, or TLS failed",
                  "Name the authority's file as ca of the upstream, or as upstream.ca."),
          "broken",
              new Trouble(
                  "connections ended early",
                  "See what is between: a proxy, a firewall, a load balancer."),
          "forbidden_target",
              new Trouble(
                  "it leads to a private address",
                  "List that in upstream.allowedTargets, if it is meant to be."),
          "429",
              new Trouble(
                  "it limits the rate",
                  "Give the registry credentials, or set maxAge for its tags, so that it is asked less."));

  private final Scene scene;
  private final List<Finding> findings;
  private final List<Hop> hops = new ArrayList<>();
  private final NodeCheck node;

  PullCheck(Scene scene, List<Finding> findings, NodeCheck node) {
    this.scene = scene;
    this.findings = findings;
    this.node = node;
  }

  List<Hop> run(ImageReference image) {
    if (!scene.configuration().registries().containsKey(image.registry())) {
      findings.add(notMirrored(image.registry()));
      return hops;
    }
    Map<String, Long> before = upstreamRequests(image.registry());
    Pull pull = new Pull(scene.registry(), image, hops::add);
    Pull.Outcome outcome = pull.run();
    Map<String, Long> asked = upstreamRequests(image.registry());
    asked.replaceAll((status, count) -> count - before.getOrDefault(status, 0L));
    asked.values().removeIf(count -> count <= 0);
    judge(image, outcome, asked);
    if (outcome instanceof Pull.Outcome.Whole(boolean _, Optional<Digest> blob)
        && blob.isPresent()
        && hops.stream().anyMatch(hop -> isFetched(hop.source()))
        && isFetched(pull.again(blob.get()))) {
      findings.add(
          Finding.attention(
              "not-kept",
              "What was just fetched is not kept: the next pull fetches it again.",
              "The image's configuration came from " + hops.getLast().source() + " twice.",
              "There is no room: see what is said of the disk, store.maxSize and"
                  + " tarn_store_limit_bytes."));
    }
    return hops;
  }

  private static boolean isFetched(String source) {
    return source.equals("upstream") || source.equals("peer");
  }

  private static Finding notMirrored(RegistryHost registry) {
    return Finding.attention(
        "not-mirrored",
        registry + " is not mirrored here, so nothing of it is pulled through this node.",
        "It is not under registries in the configuration.",
        "Add it there, or name an image of another registry.");
  }

  private void judge(ImageReference image, Pull.Outcome outcome, Map<String, Long> asked) {
    switch (outcome) {
      case Pull.Outcome.Whole(boolean stale, Optional<Digest> _) -> {
        if (stale) {
          findings.add(
              upstream(
                  image,
                  asked,
                  image.registry() + " does not answer: the tag is what it was when it last did.",
                  "The tag's answer says: stale."));
        } else {
          findings.add(
              Finding.fine(
                  PULL, image + " was pulled through this node" + upstreamWords(asked) + "."));
        }
      }
      case Pull.Outcome.Refused(String what, int status) ->
          findings.add(refused(image, what, status, asked));
      case Pull.Outcome.Wrong(String what, String why) ->
          findings.add(
              Finding.trouble(
                  "wrong-bytes",
                  "The " + what + " of " + image + " is not what it should be.",
                  why + ".",
                  "See whether something between decrypts or changes what passes; and"
                      + " tarn_store_corrupt_blobs_total, for this node's disk."));
      case Pull.Outcome.Broken(String what, String why) ->
          findings.add(
              upstream(
                  image,
                  asked,
                  "The pull of " + image + " broke off.",
                  "The " + what + ": " + why + "."));
    }
  }

  private Finding refused(ImageReference image, String what, int status, Map<String, Long> asked) {
    String seen = "The " + what + " was answered " + status + upstreamWords(asked) + ".";
    return switch (status) {
      case UNAUTHORIZED, FORBIDDEN ->
          Finding.note(
              PULL,
              image
                  + " is private: Tarn passed the registry's challenge on, which containerd answers"
                  + " with its pull secret. The pull ended there.",
              seen);
      case NOT_FOUND ->
          Finding.attention(
              PULL,
              image.registry() + " has no " + image + ".",
              seen,
              "Name an image that is there with --image.");
      case TOO_MANY_REQUESTS ->
          Finding.attention(
              PULL,
              "This node keeps clients from asking " + image.registry() + " too much.",
              seen,
              "See the access log for who asks, and upstream.clientRate.");
      default -> upstream(image, asked, image + " cannot be pulled through this node.", seen);
    };
  }

  /** A pull that upstream is to blame for, unless the figures say nothing of it. */
  private static Finding upstream(
      ImageReference image, Map<String, Long> asked, String text, String seen) {
    List<String> why = new ArrayList<>();
    List<String> fixes = new ArrayList<>();
    asked.forEach(
        (status, count) -> {
          Trouble trouble = TROUBLES.get(status);
          if (trouble != null) {
            why.add(trouble.what());
            fixes.add(trouble.fix());
          } else if (status.startsWith("5")) {
            why.add("it answers " + status);
            fixes.add("Wait for it, or name a second upstream for it.");
          }
        });
    String reason;
    if (!why.isEmpty()) {
      reason = " Upstream, as the node sees it: " + String.join("; ", why) + ".";
    } else if (asked.isEmpty()) {
      reason = " The node did not ask upstream, which it leaves alone for a while after it failed.";
      fixes.add("See the node's log for why it failed.");
    } else {
      reason = " Upstream answered, and what it sent broke off, or is not what its digest says.";
      fixes.add("See the node's log for which, and what is between: something that changes bytes.");
    }
    return Finding.trouble("upstream-failing", text, seen + reason, String.join(" ", fixes))
        .about(image.registry().value());
  }

  private static String upstreamWords(Map<String, Long> asked) {
    return asked.isEmpty()
        ? ", without asking upstream"
        : ", for which upstream was asked: "
            + String.join(
                ", ",
                asked.entrySet().stream()
                    .map(each -> each.getKey() + " (" + each.getValue() + ")")
                    .toList());
  }

  private Map<String, Long> upstreamRequests(RegistryHost registry) {
    Map<String, Long> requests = new TreeMap<>();
    try {
      for (Figures.Sample sample : node.figures().of(UPSTREAM_REQUESTS)) {
        if (sample.label("registry").equals(registry.value())) {
          requests.merge(sample.label("status"), (long) sample.value(), Long::sum);
        }
      }
    } catch (IOException _) {
      // What the pull itself said is all there is.
    }
    return requests;
  }
}
