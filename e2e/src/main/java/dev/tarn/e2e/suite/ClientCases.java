package dev.tarn.e2e.suite;

import dev.tarn.e2e.http.Relay;
import dev.tarn.e2e.http.Route;
import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.image.Hashing;
import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.image.RegistryClient;
import dev.tarn.e2e.node.Registry;
import dev.tarn.e2e.node.TarnConfig;
import dev.tarn.e2e.node.TarnNode;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Ports;
import dev.tarn.e2e.process.Tools;
import dev.tarn.e2e.run.CaseRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What skopeo and crane do with images behind a Tarn. */
final class ClientCases {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final String MANY_TAGS = "e2e/tags";

  /** More than crane asks for at once. */
  private static final int TAGS = 1_100;

  private ClientCases() {}

  /** A Tarn and the ways around it. */
  private record Setting(TarnNode tarn, Bench.Ways ways) {
    static Setting start(Bench bench, CaseRun run) throws Exception {
      Bench.Ways ways = bench.ways(run.workspace());
      return new Setting(TarnNode.start(run.workspace(), Bench.tarn(ways)), ways);
    }

    String reference(String image) {
      return tarn.authority() + "/" + Bench.reference(image);
    }
  }

  static void skopeoCopiesImage(Bench bench, CaseRun run) throws Exception {
    Setting setting = Setting.start(bench, run);

    Path layout = skopeoCopy(run, "copy", setting.reference("first"));

    verify(run, layout, bench.first);
    PullCases.checkOneCopy(run, bench.first, setting.ways().upstream().traffic());
  }

  static void skopeoCopiesIndex(Bench bench, CaseRun run) throws Exception {
    Setting setting = Setting.start(bench, run);

    Path layout = skopeoCopy(run, "copy", setting.reference("platforms"), "--all");

    for (Image image : bench.platforms.images()) {
      verify(run, layout, image);
    }
  }

  static void skopeoWithoutUpstream(Bench bench, CaseRun run) throws Exception {
    Setting setting = Setting.start(bench, run);
    skopeoCopy(run, "before", setting.reference("first"));
    setting.ways().upstream().stop();

    Path layout = skopeoCopy(run, "after", setting.reference("first"));

    verify(run, layout, bench.first);
  }

  static void cranePulls(Bench bench, CaseRun run) throws Exception {
    Setting setting = Setting.start(bench, run);
    Path layout = run.workspace().directory().resolve("pulled");

    crane(run, "pull", "--format=oci", setting.reference("first"), layout.toString());

    verify(run, layout, bench.first);
    PullCases.checkOneCopy(run, bench.first, setting.ways().upstream().traffic());
  }

  static void craneValidatesImage(Bench bench, CaseRun run) throws Exception {
    Setting setting = Setting.start(bench, run);

    crane(run, "validate", "--remote", setting.reference("big"));
    crane(run, "validate", "--remote", setting.reference("big"));

    for (Blob blob : bench.big.blobs()) {
      run.checkEquals(
          "bytes upstream of " + blob.digest(),
          blob.size(),
          setting.ways().upstream().traffic().bytes(blob.digest()));
    }
  }

  static void craneValidatesIndex(Bench bench, CaseRun run) throws Exception {
    Setting setting = Setting.start(bench, run);

    crane(run, "validate", "--remote", setting.reference("platforms"));
  }

  static void craneLists(Bench bench, CaseRun run) throws Exception {
    // Debian's docker-registry does not page tags.
    Registry registry = Registry.olareg(run.workspace());
    Relay upstream = new Relay(Ports.free(), Route.to(registry.address()));
    run.workspace().own(upstream);
    TarnNode tarn =
        TarnNode.start(run.workspace(), TarnConfig.mirroring(Bench.REGISTRY, upstream.uri()));
    RegistryClient client = new RegistryClient(registry.uri());
    client.push(MANY_TAGS, "tag-0", bench.first);
    for (int i = 1; i < TAGS; i++) {
      client.putManifest(MANY_TAGS, "tag-" + i, bench.first.manifest());
    }

    Child.Finished listed =
        crane(run, "ls", tarn.authority() + "/" + Bench.REGISTRY + "/" + MANY_TAGS);

    run.checkEquals(
        "tags listed", TAGS, listed.output().lines().filter(l -> l.startsWith("tag-")).count());
    run.check(
        upstream.traffic().count(e -> e.target().contains("/tags/list")) > 1,
        "one page held everything, so paging was not tried");
  }

  private static Path skopeoCopy(CaseRun run, String name, String reference, String... options) {
    Path layout = run.workspace().directory().resolve(name);
    List<String> command = new ArrayList<>();
    command.add(Tools.onPath("skopeo").orElseThrow().toString());
    command.addAll(List.of("--insecure-policy", "copy", "--src-tls-verify=false"));
    command.addAll(List.of(options));
    command.addAll(List.of("docker://" + reference, "oci:" + layout + ":copied"));
    Child.run("skopeo-" + name, run.workspace().directory(), Map.of(), command, LIMIT).orFail();
    return layout;
  }

  private static Child.Finished crane(CaseRun run, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Tools.build("crane").resolve("crane").toString());
    command.addAll(List.of(arguments));
    return Child.run("crane-" + arguments[0], run.workspace().directory(), Map.of(), command, LIMIT)
        .orFail();
  }

  /** Fails unless the OCI layout has the image's blobs and manifest, byte for byte. */
  private static void verify(CaseRun run, Path layout, Image image) {
    List<Blob> expected = new ArrayList<>(image.blobs());
    expected.add(image.manifest());
    for (Blob blob : expected) {
      Path file = layout.resolve("blobs").resolve(blob.digest().replace(':', '/'));
      run.check(Files.exists(file), "the copy lacks " + blob.digest());
      run.check(Hashing.digest(file).equals(blob.digest()), "the copy has other bytes in " + file);
    }
  }
}
