package dev.tarn.e2e.kube;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Tools;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One container of a pod whose image is this machine: the launcher in place of the image's Java, in
 * a mount namespace of its own with an overlay of the root file system, in which the pod's volumes
 * are mounted; with the user, the capabilities and the read-only root that the pod asks for. What
 * it writes beside its volumes is gone with it.
 */
final class HollowContainer {
  /** Programs of the image, and what the launcher is told for each. */
  private static final Map<String, List<String>> PROGRAMS =
      Map.of(
          "@/opt/tarn/tool.args", List.of(),
          "@/opt/tarn/agent-tool.args", List.of("agent"),
          "@/opt/tarn/serve.args", List.of(),
          "@/opt/tarn/agent.args", List.of("agent"));

  private static final String TOOL = "tool.args";

  private static final String SCRIPT =
      """
      base=$1 mounts=$2 mode=$3
      shift 3
      mount -t tmpfs tmpfs "$base"
      mkdir "$base/upper" "$base/work" "$base/top"
      mount -t overlay -o "lowerdir=/,upperdir=$base/upper,workdir=$base/work" overlay "$base/top"
      for each in proc sys dev; do mount --rbind "/$each" "$base/top/$each"; done
      while read -r from at rights; do
        [ -n "$at" ] || continue
        at=$(chroot "$base/top" realpath -m "$at")
        mkdir -p "$base/top$at"
        mount --bind "$from" "$base/top$at"
        [ "$rights" = rw ] || mount -o "remount,bind,$rights" "$base/top$at"
      done <"$mounts"
      [ "$mode" = rw ] || mount -o "remount,$mode" "$base/top"
      exec chroot "$base/top" "$@"
      """;

  private final JsonNode pod;
  private final JsonNode spec;
  private final PodVolumes volumes;
  private final Path directory;

  HollowContainer(JsonNode pod, JsonNode spec, PodVolumes volumes, Path directory) {
    this.pod = pod;
    this.spec = spec;
    this.volumes = volumes;
    this.directory = directory;
  }

  String name() {
    return Trees.text(spec, "name");
  }

  /** Whether it is one of Tarn's tools, which can run here. */
  boolean isTool() {
    return Trees.text(spec, "command.1").endsWith(TOOL);
  }

  /**
   * Starts it; its output is in a log of its own.
   *
   * @param overrides variables that are not as the pod has them
   */
  Child start(URI server, Map<String, String> overrides) throws IOException {
    Files.createDirectories(directory);
    Path base = Files.createDirectories(directory.resolve("root-of-" + name()));
    Path mounts = directory.resolve("mounts-of-" + name());
    Files.writeString(mounts, mounts());
    List<String> command =
        new ArrayList<>(
            List.of(
                "unshare",
                "--mount",
                "--propagation",
                "private",
                "sh",
                "-euc",
                SCRIPT,
                "container",
                base.toString(),
                mounts.toString(),
                isReadOnly() ? "ro" : "rw"));
    command.addAll(rights());
    command.addAll(words());
    Map<String, String> environment = environment(server);
    environment.putAll(overrides);
    return Child.start(name(), directory, environment, command);
  }

  Path log() {
    return directory.resolve(name() + ".log");
  }

  private String mounts() {
    return Trees.list(spec, "volumeMounts").stream()
        .map(
            mount ->
                volumes.place(Trees.text(mount, "name"))
                    + " "
                    + Trees.text(mount, "mountPath")
                    + (mount.path("readOnly").asBoolean(false) ? " ro" : " rw"))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private boolean isReadOnly() {
    return security("readOnlyRootFilesystem").orElse("false").equals("true");
  }

  private List<String> rights() {
    String added =
        Trees.list(spec, "securityContext.capabilities.add").stream()
            .map(capability -> ",+" + capability.asText().toLowerCase(java.util.Locale.ROOT))
            .collect(Collectors.joining());
    return List.of(
        "setpriv",
        "--bounding-set=-all" + added,
        "--no-new-privs",
        "--reuid",
        security("runAsUser").orElse("0"),
        "--regid",
        security("runAsGroup").orElse("0"),
        "--clear-groups",
        "--");
  }

  private Optional<String> security(String key) {
    return List.of(spec, pod.path("spec")).stream()
        .map(holder -> Trees.text(holder, "securityContext." + key))
        .filter(value -> !value.isEmpty())
        .findFirst();
  }

  private List<String> words() {
    List<String> given = Trees.list(spec, "command").stream().map(JsonNode::asText).toList();
    Map<String, String> variables = variables();
    List<String> words = new ArrayList<>();
    words.add(System.getenv().getOrDefault("TARN", Tools.repository().resolve("tarn").toString()));
    words.addAll(PROGRAMS.getOrDefault(given.get(1), List.of()));
    given.subList(2, given.size()).forEach(word -> words.add(expanded(word, variables)));
    Trees.list(spec, "args").forEach(word -> words.add(expanded(word.asText(), variables)));
    return words;
  }

  private Map<String, String> environment(URI server) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("KUBERNETES_SERVICE_HOST", server.getHost());
    environment.put("KUBERNETES_SERVICE_PORT", Integer.toString(server.getPort()));
    environment.putAll(variables());
    return environment;
  }

  private Map<String, String> variables() {
    Map<String, String> variables = new LinkedHashMap<>();
    for (JsonNode variable : Trees.list(spec, "env")) {
      String field = Trees.text(variable, "valueFrom.fieldRef.fieldPath");
      String value = field.isEmpty() ? Trees.text(variable, "value") : Trees.text(pod, field);
      variables.put(Trees.text(variable, "name"), expanded(value, variables));
    }
    return variables;
  }

  /** With references to variables resolved, as a kubelet does. */
  private static String expanded(String text, Map<String, String> variables) {
    String expanded = text;
    for (Map.Entry<String, String> variable : variables.entrySet()) {
      expanded = expanded.replace("$(" + variable.getKey() + ")", variable.getValue());
    }
    return expanded;
  }
}
