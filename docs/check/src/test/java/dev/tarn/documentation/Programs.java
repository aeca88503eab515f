package dev.tarn.documentation;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What pages may have typed, and why it may be taken for there. */
final class Programs {
  private static final String SHELL = "every shell has it";
  private static final String SYSTEM = "every Linux has it";
  private static final String CONTAINERD = "comes with containerd, or with Kubernetes beside it";
  private static final String PUBLISH = "needed to publish an image, and said to be";
  private static final String DEBIAN = "Debian's, where the page is about Debian";

  /** Why a program may be called, by its name. */
  static final Map<String, String> REASONS = reasons();

  /**
   * Of programs with many options, those that pages use: a new one is looked up in the program's
   * own help before it comes in here.
   */
  static final Map<String, Set<String>> OPTIONS =
      Map.of(
          "helm",
          Set.of(
              "-n",
              "--namespace",
              "--create-namespace",
              "-f",
              "--values",
              "--set",
              "--reuse-values",
              "--no-hooks",
              "--timeout",
              "--wait"),
          "kubectl",
          Set.of(
              "-n",
              "--namespace",
              "-l",
              "-c",
              "-o",
              "-f",
              "-w",
              "--all-namespaces",
              "--tail",
              "--prefix",
              "--previous",
              "--from",
              "--image",
              "--restart",
              "--command",
              "--field-selector",
              "--as",
              "--overrides",
              "--for",
              "--timeout",
              "--replicas",
              "--kubeconfig"));

  private Programs() {}

  private static Map<String, String> reasons() {
    Map<String, String> reasons = new TreeMap<>();
    reasons.put("tarn", "ours; mirror-server holds its calls against its commands");
    reasons.put("containerd-config-agent", "ours; its module holds its calls against its commands");
    reasons.put("java", "the image's; what it runs is one of the two above");
    reasons.put("e2e/run", "ours; e2e holds its suites and options against Main");
    reasons.put("packages", "ours: e2e/packages");
    reasons.put("helm", "installing needs it; values are held against the schema");
    reasons.put("kubectl", "installing needs it; containers' names are held against the chart");
    reasons.put("mvn", "building needs it; profiles are held against the poms");
    reasons.put("git", "building needs it");
    reasons.put("plugin", "a credential plugin of the reader's own");
    reasons.put("jq", "where a page shows what JSON is good for");
    reasons.put("ssh", "to come to a node");
    for (String program : Set.of("cd", "echo", "source")) {
      reasons.put(program, SHELL);
    }
    for (String program :
        Set.of(
            "base64",
            "cat",
            "cp",
            "curl",
            "diff",
            "grep",
            "head",
            "mkdir",
            "openssl",
            "systemctl",
            "systemd-analyze",
            "tail",
            "tar",
            "useradd")) {
      reasons.put(program, SYSTEM);
    }
    for (String program : Set.of("containerd", "crictl", "ctr")) {
      reasons.put(program, CONTAINERD);
    }
    for (String program : Set.of("cosign", "oras", "skopeo", "docker", "kind")) {
      reasons.put(program, PUBLISH);
    }
    for (String program : Set.of("apt-get", "dpkg", "dpkg-deb")) {
      reasons.put(program, DEBIAN);
    }
    return reasons;
  }
}
