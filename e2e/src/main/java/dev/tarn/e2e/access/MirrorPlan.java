package dev.tarn.e2e.access;

import dev.tarn.e2e.node.NodeConfig;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a node of this suite runs with: short time-outs, so that cases about outages are short too.
 *
 * @param registries where each is fetched from
 * @param more further lines of a registry's configuration, by its name
 * @param section a further section, such as that about other nodes, or empty
 */
record MirrorPlan(
    Map<String, URI> registries,
    Map<String, String> more,
    String section,
    Duration decisionTime,
    Duration graceTime,
    List<String> allowedTargets)
    implements NodeConfig {

  /** With the times that are Tarn's defaults. */
  static MirrorPlan of(Map<String, URI> registries) {
    return new MirrorPlan(
        registries, Map.of(), "", Duration.ofMinutes(5), Duration.ofHours(24), List.of());
  }

  MirrorPlan withSection(String text) {
    return new MirrorPlan(registries, more, text, decisionTime, graceTime, allowedTargets);
  }

  MirrorPlan withTimes(Duration decision, Duration grace) {
    return new MirrorPlan(registries, more, section, decision, grace, allowedTargets);
  }

  MirrorPlan withAllowedTargets(List<String> targets) {
    return new MirrorPlan(registries, more, section, decisionTime, graceTime, targets);
  }

  /** With a registry's lines, each to be indented by four. */
  MirrorPlan with(String registry, List<String> lines) {
    Map<String, String> all = new LinkedHashMap<>(more);
    all.put(registry, String.join("\n", lines) + "\n");
    return new MirrorPlan(registries, all, section, decisionTime, graceTime, allowedTargets);
  }

  @Override
  public Duration drainTimeout() {
    return Duration.ofSeconds(5);
  }

  @Override
  public String yaml(int port, int adminPort, Path store) {
    List<String> mirrored = new ArrayList<>();
    registries.forEach(
        (name, uri) ->
            mirrored.add(
                "  \"%s\":\n    upstreams:\n      - url: %s\n".formatted(name, uri)
                    + more.getOrDefault(name, "")));
    return """
    registry:
      listen: 127.0.0.1:%d
      headerTimeout: 5s
      stallTimeout: 5s
      idleTimeout: 5s
    admin:
      listen: 127.0.0.1:%d
    store:
      path: %s
      maxSize: 4GiB
      minFree: 2%%
      reserveFree: 1%%
    upstream:
      connectTimeout: 1s
      headerTimeout: 3s
      stallTimeout: 5s
      retries: 1
      allowedTargets: [%s]
    access:
      decisionTime: %dms
      graceTime: %dms
    shutdown:
      drainTimeout: %ds
    %sregistries:
    %s\
    """
        .formatted(
            port,
            adminPort,
            store,
            String.join(", ", allowedTargets),
            decisionTime.toMillis(),
            graceTime.toMillis(),
            drainTimeout().toSeconds(),
            section,
            String.join("", mirrored));
  }
}
