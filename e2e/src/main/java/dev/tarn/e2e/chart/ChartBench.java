package dev.tarn.e2e.chart;

import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Tools;
import dev.tarn.e2e.process.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the cases of the chart share: renderings, made once, and schemas. */
public final class ChartBench {
  static final String API = "kubernetes-api-";
  static final String OPERATORS = "operator-crds";
  private static final List<String> CUSTOM =
      List.of(
          "monitoring.coreos.com_servicemonitors.yaml",
          "monitoring.coreos.com_podmonitors.yaml",
          "monitoring.coreos.com_prometheusrules.yaml",
          "grafana.integreatly.org_grafanadashboards.yaml",
          "cert-manager.io_certificates.yaml");
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final Helm helm;
  private final Path directory;
  private final Map<String, Path> schemas = new LinkedHashMap<>();

  private final Workspace workspace;
  private @Nullable ChartCluster cluster;

  private ChartBench(Helm helm, Workspace workspace) {
    this.helm = helm;
    this.workspace = workspace;
    this.directory = workspace.directory();
  }

  static ChartBench open(Workspace workspace) throws IOException {
    ChartBench bench = new ChartBench(Helm.in(workspace.directory()), workspace);
    for (String version : kubernetes()) {
      Path swagger = Tools.build(API + version).resolve("swagger.json");
      Path directory = workspace.directory().resolve("schemas-" + version);
      Schemas.write(swagger, directory);
      for (String definition : CUSTOM) {
        Schemas.writeCustom(Tools.build(OPERATORS).resolve(definition), directory);
      }
      bench.schemas.put(version, directory);
    }
    return bench;
  }

  /** The versions whose descriptions of the API are under e2e/tools, the oldest first. */
  static List<String> kubernetes() {
    try (Stream<Path> tools = Files.list(Tools.repository().resolve("e2e/tools"))) {
      return tools
          .map(tool -> String.valueOf(tool.getFileName()))
          .filter(name -> name.startsWith(API))
          .map(name -> name.substring(API.length()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String newest() {
    return kubernetes().getLast();
  }

  Helm helm() {
    return helm;
  }

  /** A real control plane, started for the first case that asks; cases come one after another. */
  ChartCluster cluster() throws Exception {
    if (cluster == null) {
      cluster = ChartCluster.start(workspace.child("cluster"), helm);
    }
    return cluster;
  }

  /** What the chart makes of these values. */
  List<Manifest> manifests(Rendering rendering) {
    return Manifest.parse(text(rendering));
  }

  /** The same as helm prints it. */
  String text(Rendering rendering) {
    Child.Finished finished = helm.template(rendering);
    if (finished.status() != 0) {
      throw new CaseFailed(rendering + ": " + finished.output().strip());
    }
    return finished.output();
  }

  /** Holds manifests to what that version of Kubernetes knows. */
  Child.Finished kubeconform(Path manifests, String version) {
    List<String> command = new ArrayList<>();
    command.add(Tools.build("kubeconform").resolve("kubeconform").toString());
    command.addAll(
        List.of(
            "-strict",
            "-summary",
            "-kubernetes-version",
            version,
            "-schema-location",
            schemas.get(version) + "/" + Schemas.PATTERN,
            manifests.toString()));
    return Child.run("kubeconform", directory, Map.of(), command, LIMIT);
  }

  /** Runs the launcher. */
  Child.Finished tarn(Map<String, String> environment, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(
        System.getenv().getOrDefault("TARN", Tools.repository().resolve("tarn").toString()));
    command.addAll(arguments);
    return Child.run("tarn", directory, environment, command, LIMIT);
  }
}
