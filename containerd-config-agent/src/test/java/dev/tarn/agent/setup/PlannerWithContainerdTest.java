package dev.tarn.agent.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tarn.agent.cri.RealContainerd;
import dev.tarn.agent.files.HostRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is planned, and what a real containerd then makes of it. */
class PlannerWithContainerdTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String ROOT = Planner.DEFAULT_ROOT;
  private static final String FIRST = "[plugins.\"io.containerd.grpc.v1.cri\"";
  private static final String SECOND = "[plugins.\"io.containerd.cri.v1.images\"";

  @TempDir private Path directory;
  private final HostFiles files = new HostFiles(HostRoot.HERE);
  private final Processes commands = new Processes(List.of());
  private Path main;
  private Path dropIns;

  @BeforeEach
  void makeDirectories() throws IOException {
    main = directory.resolve("config.toml");
    dropIns = Files.createDirectory(directory.resolve("conf.d"));
  }

  static List<Path> programs() {
    return RealContainerd.programs().toList();
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("programs")
  void withoutAFileOneIsMade(Path program) throws Exception {
    assertThat(change(program).before()).isEmpty();
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("programs")
  void withoutImportsTheMainFileIsEdited(Path program) throws Exception {
    write(main, "version = 2\n# by hand\n" + FIRST + "]\n  enable_selinux = true\n");

    Plan.Change change = change(program);

    assertThat(change.path()).isEqualTo(main.toString());
    assertThat(change.after()).startsWith(change.before().orElseThrow());
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("programs")
  void aDropInIsMadeWhereTheMainFileHasNoTableOfThePlugin(Path program) throws Exception {
    write(main, "version = 2\nimports = [\"conf.d/*.toml\"]\noom_score = -1\n");
    // 1.6 takes a relative pattern to be relative to its working directory.
    assumeTrue(RealContainerd.version(program) > 106);

    assertThat(change(program).path()).isEqualTo(dropIns.resolve("zz-tarn.toml").toString());
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("programs")
  void aDropInIsNotMadeWhereItWouldTakeTheTablesPlace(Path program) throws Exception {
    write(
        main,
        "version = 2\nimports = [\""
            + dropIns
            + "/*.toml\"]\n"
            + FIRST
            + "]\n  enable_selinux = true\n"
            + FIRST
            + ".containerd]\n  snapshotter = \"native\"\n");

    boolean merged = RealContainerd.version(program) >= 200;

    assertThat(change(program).path())
        .isEqualTo(merged ? dropIns.resolve("zz-tarn.toml").toString() : main.toString());
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("programs")
  void aDropInHasTheVersionOfTheMainFile(Path program) throws Exception {
    assumeTrue(RealContainerd.version(program) >= 200);
    write(
        main,
        "version = 3\nimports = [\""
            + dropIns
            + "/*.toml\"]\n"
            + SECOND
            + "]\n  snapshotter = \"native\"\n"
            + SECOND
            + ".registry]\n  config_path = \"\"\n");

    Plan.Change change = change(program);

    assertThat(change.path()).isEqualTo(dropIns.resolve("zz-tarn.toml").toString());
    assertThat(change.after()).contains("version = 3").contains("cri.v1.images");
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("programs")
  void whatIsReadLaterIsOverruledOrEdited(Path program) throws Exception {
    write(main, "version = 2\nimports = [\"" + dropIns + "/*.toml\"]\n");
    Path other = dropIns.resolve("99-nvidia.toml");
    write(
        other,
        "version = 2\n"
            + FIRST
            + "]\n  enable_selinux = true\n"
            + FIRST
            + ".registry]\n  config_path = \"\"\n");

    boolean merged = RealContainerd.version(program) >= 200;

    assertThat(change(program).path())
        .isEqualTo(merged ? dropIns.resolve("zz-tarn.toml").toString() : other.toString());
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("programs")
  void anImportedFileThatSaysItIsEdited(Path program) throws Exception {
    Path other = directory.resolve("other.toml");
    write(main, "version = 2\nimports = [\"" + other + "\"]\n");
    write(other, "version = 2\n" + FIRST + ".registry]\n  config_path = \"\" # theirs\n");

    Plan.Change change = change(program);

    assertThat(change.path()).isEqualTo(other.toString());
    assertThat(change.after()).endsWith("config_path = \"" + ROOT + "\" # theirs\n");
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("programs")
  void theFirstVersionIsEditedInItsOwnTable(Path program) throws Exception {
    write(main, "oom_score = -1\n[plugins.cri]\n  enable_selinux = true\n");

    // What 2.0 to 2.2 make of the first version differs: they change it, or refuse the change.
    switch (plan(program)) {
      case Plan.Change change -> {
        assertThat(change.after()).contains("[plugins.cri.registry]");
        apply(program, change);
      }
      case Plan.Refused _ -> assertThat(RealContainerd.version(program)).isBetween(200, 202);
      case Plan.Nothing nothing -> throw new AssertionError(nothing);
    }
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("programs")
  void mirrorsAreRefused(Path program) throws Exception {
    write(
        main,
        "version = 2\n"
            + FIRST
            + ".registry.mirrors.\"docker.io\"]\n"
            + "  endpoint = [\"https://m.example\"]\n");

    assertThat(plan(program))
        .isInstanceOfSatisfying(
            Plan.Refused.class, refused -> assertThat(refused.why()).contains("registry.mirrors"));
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("programs")
  void aRootThatAnOperatorChoseStays(Path program) throws Exception {
    write(main, "version = 2\n" + FIRST + ".registry]\n  config_path = \"/srv/certs.d\"\n");

    assertThat(plan(program)).isEqualTo(new Plan.Nothing("config_path is /srv/certs.d"));
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("programs")
  void ofSeveralRootsTheFirstStaysWhereTheyDoNotWork(Path program) throws Exception {
    assumeTrue(RealContainerd.version(program) >= 200);
    write(main, "version = 3\n" + SECOND + ".registry]\n  config_path = \"/srv/a:/srv/b\"\n");

    if (RealContainerd.version(program) == 200) {
      assertThat(plan(program)).isInstanceOf(Plan.Nothing.class);
    } else {
      assertThat(change(program).configPath()).isEqualTo("/srv/a");
    }
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("programs")
  void aConfigurationThatContainerdRefusesIsLeftAlone(Path program) throws Exception {
    write(main, "version = 99\n[plugins\n");

    assertThat(plan(program)).isInstanceOf(Plan.Refused.class);
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("programs")
  void whatContainerdItselfWroteIsEdited(Path program) throws Exception {
    String written = commands.run(List.of(program.toString(), "config", "default"), LIMIT).out();
    write(main, written.replace("/etc/containerd/conf.d/", dropIns + "/"));

    change(program);
  }

  @Test
  void whereAnotherProgramWritesItThatProgramIsNamed() throws Exception {
    Planner planner =
        new Planner(
            commands,
            files,
            new Random(),
            "/no/containerd",
            main.toString(),
            Optional.empty(),
            Optional.of("in config.toml.tmpl"));

    assertThat(planner.plan())
        .isInstanceOfSatisfying(
            Plan.Refused.class,
            refused -> assertThat(refused.fix()).contains(ROOT + " in config.toml.tmpl"));
  }

  private Plan.Change change(Path program) throws IOException {
    Plan plan = plan(program);
    assertThat(plan).isInstanceOf(Plan.Change.class);
    Plan.Change change = (Plan.Change) plan;
    apply(program, change);
    return change;
  }

  /** In earnest: containerd makes of it what was wanted, and of everything else what it was. */
  private void apply(Path program, Plan.Change change) throws IOException {
    Planner planner = planner(program);
    Dump before = planner.now().orElseThrow();
    files.replace(change.path(), change.after());
    Dump after = planner.now().orElseThrow();
    assertThat(after.configPath()).isEqualTo(change.configPath());
    assertThat(after.ineffective()).isEmpty();
    assertThat(after.differences(before)).isEmpty();
    assertThat(plan(program)).isInstanceOf(Plan.Nothing.class);
  }

  private Plan plan(Path program) throws IOException {
    return planner(program).plan();
  }

  private Planner planner(Path program) {
    return new Planner(
        commands,
        files,
        new Random(),
        program.toString(),
        main.toString(),
        Optional.empty(),
        Optional.empty());
  }

  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text);
  }
}
