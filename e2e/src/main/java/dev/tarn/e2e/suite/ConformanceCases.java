package dev.tarn.e2e.suite;

import dev.tarn.e2e.http.Relay;
import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.node.Registry;
import dev.tarn.e2e.node.TarnConfig;
import dev.tarn.e2e.node.TarnNode;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Ports;
import dev.tarn.e2e.process.Tools;
import dev.tarn.e2e.run.CaseRun;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Runs of the conformance suite, each against a Tarn of its own. */
final class ConformanceCases {
  private static final Duration LIMIT = Duration.ofMinutes(3);

  private final Addressing addressing;

  ConformanceCases(Addressing addressing) {
    this.addressing = addressing;
  }

  /** What fails here is not Tarn's doing. */
  static void control(ConformanceBench bench, CaseRun run) throws Exception {
    String authority = bench.olareg.uri().getAuthority();
    conform(run, "held", authority, held(bench, ConformanceBench.REPOSITORY));
    conform(run, "pushed", authority, pushed());
  }

  void held(ConformanceBench bench, CaseRun run) throws Exception {
    TarnNode tarn = tarn(run, bench.olareg);
    String repository = ConformanceBench.REPOSITORY;
    // The suite can name a repository with a prefix, but cannot add a parameter: that takes a
    // front.
    String authority =
        switch (addressing) {
          case PATH_PREFIX -> tarn.authority();
          case NS_PARAMETER -> front(run, tarn, bench.olareg).authority();
        };
    String asked =
        switch (addressing) {
          case PATH_PREFIX -> Bench.REGISTRY + "/" + repository;
          case NS_PARAMETER -> repository;
        };
    conform(run, "cold", authority, held(bench, asked));
    conform(run, "warm", authority, held(bench, asked));
  }

  void pushedMeanwhile(ConformanceBench bench, CaseRun run) throws Exception {
    TarnNode tarn = tarn(run, bench.olareg);
    conform(run, "pushed", front(run, tarn, bench.olareg).authority(), pushed());
  }

  private static TarnNode tarn(CaseRun run, Registry registry) throws Exception {
    return TarnNode.start(run.workspace(), TarnConfig.mirroring(Bench.REGISTRY, registry.uri()));
  }

  private Relay front(CaseRun run, TarnNode tarn, Registry registry) {
    Relay front = new Relay(Ports.free(), addressing.front(tarn.address(), registry.address()));
    return run.workspace().own(front);
  }

  /** Reads what is there, and writes nothing. */
  private static Map<String, String> held(ConformanceBench bench, String repository) {
    Map<String, String> settings = new HashMap<>();
    settings.put("OCI_API_PUSH", "false");
    settings.put("OCI_REPO1", repository);
    settings.put("OCI_REPO2", repository);
    settings.put("OCI_RO_DATA_TAGS", String.join(" ", ConformanceBench.TAGS));
    settings.put(
        "OCI_RO_DATA_MANIFESTS",
        digests(Stream.of(bench.image.manifest(), bench.index.manifest())));
    settings.put("OCI_RO_DATA_BLOBS", digests(bench.image.blobs().stream()));
    settings.put("OCI_RO_DATA_REFERRERS", bench.image.manifest().digest());
    return settings;
  }

  private static String digests(Stream<Blob> blobs) {
    return String.join(" ", blobs.map(Blob::digest).toList());
  }

  /** Pushes everything the suite can make and reads it again; repositories are new to upstream. */
  private static Map<String, String> pushed() {
    String unique = Long.toString(System.nanoTime(), 36);
    return Map.of(
        "OCI_REPO1",
        "conformance/" + unique + "/one",
        "OCI_REPO2",
        "conformance/" + unique + "/two",
        // olareg offers neither; both are about pushes.
        "OCI_API_BLOBS_MOUNT_ANONYMOUS",
        "false",
        "OCI_DATA_NONDISTRIBUTABLE",
        "false");
  }

  private static void conform(
      CaseRun run, String name, String authority, Map<String, String> settings) {
    Map<String, String> environment = new HashMap<>(settings);
    environment.put("OCI_REGISTRY", authority);
    environment.put("OCI_TLS", "disabled");
    environment.put("OCI_RESULTS_DIR", run.workspace().makeDirectory(name).toString());
    // A mirror takes nothing away, and what is gone upstream may live on here.
    environment.put("OCI_API_BLOBS_DELETE", "false");
    environment.put("OCI_API_MANIFESTS_DELETE", "false");
    environment.put("OCI_API_TAGS_DELETE", "false");
    List<String> command = List.of(Tools.build("conformance").resolve("conformance").toString());
    Child.Finished finished =
        Child.run("conformance-" + name, run.workspace().directory(), environment, command, LIMIT);
    // Its exit status tells nothing: with pushes off it stumbles over a file of its own at the end.
    ConformanceReport report = ConformanceReport.of(finished.output());
    run.figure(name + "_passed", report.passed());
    run.check(
        report.wellOverall() && report.notPassed() == 0,
        name
            + ": "
            + report.notPassed()
            + " did not pass\n"
            + String.join("\n", report.complaints()));
    run.check(report.passed() > 0, name + ": nothing was tried");
  }
}
