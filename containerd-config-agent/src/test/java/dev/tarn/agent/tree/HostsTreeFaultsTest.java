package dev.tarn.agent.tree;

import static dev.tarn.agent.tree.Node.HUB;
import static dev.tarn.agent.tree.Node.MIRROR;
import static dev.tarn.agent.tree.Node.QUAY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.agent.files.FaultyFiles;
import dev.tarn.agent.files.FaultyFiles.Fault;
import dev.tarn.agent.files.InMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tomlj.Toml;
import org.tomlj.TomlTable;

/** What can happen at every single operation on the host's files. */
@Execution(ExecutionMode.CONCURRENT)
class HostsTreeFaultsTest {
  private static final String FILE = "docker.io/hosts.toml";
  private static final int MAX_OPERATIONS = 400;

  @TempDir(factory = InMemory.class)
  Path directory;

  /** How the tree stands before anything of ours is there. */
  @SuppressWarnings("ImmutableEnumChecker")
  enum Start {
    NO_ROOT(node -> {}),
    EMPTY_ROOT(Node::withRoot),
    FOREIGN_ROOT(node -> node.write("other.example/hosts.toml", "# theirs\n")),
    EMPTY_DIRECTORY(node -> Node.make(node.root.resolve("docker.io"))),
    CERTIFICATE(node -> node.write("docker.io/ca.crt", Node.PEM)),
    EMPTY_FILE(node -> node.write(FILE, "")),
    SERVER_ONLY(node -> node.write(FILE, "server = \"https://registry-1.docker.io\"")),
    HARBOR(
        node -> {
          Path file =
              node.write(FILE, "server = \"https://a.example\"\n[host.\"https://b.example\"]\n");
          mode(file, 0640);
        }),
    UNPARSABLE(node -> node.write(FILE, "[[[ rubbish")),
    BY_HAND(node -> node.write(FILE, "[host.\"" + MIRROR + "\"]\n"));

    private final java.util.function.Consumer<Node> made;

    Start(java.util.function.Consumer<Node> made) {
      this.made = made;
    }

    Node at(Path directory) {
      Node node = new Node(directory);
      node.clear();
      made.accept(node);
      return node;
    }

    boolean takesEntry() {
      return this != UNPARSABLE && this != BY_HAND;
    }

    private static void mode(Path file, int mode) {
      try {
        Files.setAttribute(file, "unix:mode", mode);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  static List<Object[]> faults() {
    List<Object[]> all = new ArrayList<>();
    for (Start start : Start.values()) {
      for (boolean exchanges : new boolean[] {true, false}) {
        all.add(new Object[] {start, exchanges});
      }
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aCrashAnywhereInPutLeavesTheOldOrTheNewAndIsForgotten(Start start, boolean exchanges) {
    everyStep(
        start,
        Fault.STOP,
        exchanges,
        (node, files) -> run(() -> node.tree(files).put(HUB)),
        (node, before, after) -> {
          assertThat(containerdReads(node)).isIn(before, after);
          expectPut(start, node.tree(FaultyFiles.none()).put(HUB));
        });
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aCrashAnywhereInPutIsTakenBackByStanding(Start start, boolean exchanges) {
    everyStep(
        start,
        Fault.STOP,
        exchanges,
        (node, files) -> run(() -> node.tree(files).put(HUB)),
        (node, before, after) -> {
          HostsTree next = node.tree(FaultyFiles.none());
          next.standing().forEach(next::withdraw);
        });
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aCrashAnywhereInWithdrawLeavesTheOldOrTheNewAndIsForgotten(Start start, boolean exchanges) {
    everyStep(
        start,
        Fault.STOP,
        exchanges,
        (node, files) -> {
          node.tree(FaultyFiles.none()).put(HUB);
          run(() -> node.tree(files).withdraw(HUB));
        },
        (node, before, after) -> {
          assertThat(containerdReads(node)).isIn(before, after);
          HostsTree next = node.tree(FaultyFiles.none());
          next.standing().forEach(next::withdraw);
        });
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aCrashInWithdrawDoesNotHinderTheNextPut(Start start, boolean exchanges) {
    everyStep(
        start,
        Fault.STOP,
        exchanges,
        (node, files) -> {
          node.tree(FaultyFiles.none()).put(HUB);
          run(() -> node.tree(files).withdraw(HUB));
        },
        (node, before, after) -> expectPut(start, node.tree(FaultyFiles.none()).put(HUB)));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aFullDiskAnywhereLeavesTheOldOrTheNewAndSaysSo(Start start, boolean exchanges) {
    failsAnywhere(start, Fault.FULL, exchanges);
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aReadOnlyMountAnywhereLeavesTheOldOrTheNewAndSaysSo(Start start, boolean exchanges) {
    failsAnywhere(start, Fault.READ_ONLY, exchanges);
  }

  private void failsAnywhere(Start start, Fault fault, boolean exchanges) {
    everyStep(
        start,
        fault,
        exchanges,
        (node, files) -> {
          Standing standing = node.tree(files).put(HUB);
          if (standing instanceof Standing.Present) {
            assertThat(node.tree(FaultyFiles.none()).look(HUB)).isEqualTo(standing);
          }
        },
        (node, before, after) -> {
          assertThat(containerdReads(node)).isIn(before, after);
          expectPut(start, node.tree(FaultyFiles.none()).put(HUB));
        });
    everyStep(
        start,
        fault,
        exchanges,
        (node, files) -> {
          node.tree(FaultyFiles.none()).put(HUB);
          node.tree(files).withdraw(HUB);
        },
        (node, before, after) -> assertThat(containerdReads(node)).isIn(before, after));
  }

  @ParameterizedTest
  @EnumSource(Start.class)
  void aMountThatIsReadOnlyFromTheStartIsReported(Start start) {
    Node node = start.at(directory);
    Snapshot before = node.snapshot();

    Standing standing = node.tree(new FaultyFiles(Fault.READ_ONLY, 0)).put(HUB);

    if (start.takesEntry()) {
      assertThat(standing)
          .isInstanceOfSatisfying(
              Standing.Failed.class, failed -> assertThat(failed.why()).contains("Read-only"));
    }
    assertThat(node.snapshot()).isEqualTo(before);
  }

  @ParameterizedTest
  @MethodSource("faults")
  void twoAgentsThatPutAtOnceBothSucceed(Start start, boolean exchanges) {
    meeting(start, exchanges, (node, one) -> one.put(HUB), (node, other) -> other.put(HUB));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void oneAgentPutsWhileTheOtherWithdraws(Start start, boolean exchanges) {
    meeting(start, exchanges, (node, one) -> one.put(HUB), (node, other) -> other.withdraw(HUB));
    meeting(
        start,
        exchanges,
        (node, one) -> {
          node.tree(FaultyFiles.none()).put(HUB);
          one.withdraw(HUB);
        },
        (node, other) -> other.put(HUB));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void twoAgentsThatWithdrawAtOnceBothSucceed(Start start, boolean exchanges) {
    meeting(
        start,
        exchanges,
        (node, one) -> {
          node.tree(FaultyFiles.none()).put(HUB);
          assertThat(one.withdraw(HUB)).isInstanceOf(Standing.Absent.class);
        },
        (node, other) -> other.withdraw(HUB));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void anotherRegistrysEntryMayComeAndGoMeanwhile(Start start, boolean exchanges) {
    meeting(start, exchanges, (node, one) -> one.put(HUB), (node, other) -> other.put(QUAY));
    meeting(
        start,
        exchanges,
        (node, one) -> {
          node.tree(FaultyFiles.none()).put(HUB);
          one.withdraw(HUB);
        },
        (node, other) -> other.put(QUAY));
    meeting(
        start,
        exchanges,
        (node, one) -> {
          node.tree(FaultyFiles.none()).put(QUAY);
          one.put(HUB);
        },
        (node, other) -> other.withdraw(QUAY));
  }

  @ParameterizedTest
  @EnumSource(Start.class)
  void whatSomebodyWritesMeanwhileIsKept(Start start) {
    String foreign = "[host.\"https://new.example\"]\n  capabilities = [\"pull\", \"resolve\"]\n";
    for (boolean withdraws : new boolean[] {false, true}) {
      for (int at = 0; at < MAX_OPERATIONS; at++) {
        Node node = start.at(directory);
        HostsTree quiet = node.tree(FaultyFiles.none());
        if (withdraws) {
          quiet.put(HUB);
        }
        boolean[] written = {false};
        FaultyFiles files =
            new FaultyFiles(
                Fault.MEET,
                at,
                true,
                () -> {
                  written[0] = true;
                  replace(node, foreign);
                });
        HostsTree tree = node.tree(files);
        Standing standing = withdraws ? tree.withdraw(HUB) : tree.put(HUB);

        if (!written[0]) {
          break;
        }
        assertThat(standing).as("at %s", at).isNotInstanceOf(Standing.Failed.class);
        assertThat(node.read(FILE)).as("at %s", at).contains(foreign);
        quiet.put(HUB);
        quiet.withdraw(HUB);
        assertThat(node.read(FILE)).as("at %s", at).isEqualTo(foreign);
        assertThat(node.traces()).isEmpty();
      }
    }
  }

  /** As careful programs do: by rename. */
  private static void replace(Node node, String content) {
    Path file = node.write("docker.io/theirs", content);
    try {
      Files.move(file, node.root.resolve(FILE), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void meeting(
      Start start,
      boolean exchanges,
      BiConsumer<Node, HostsTree> one,
      BiConsumer<Node, HostsTree> other) {
    for (int at = 0; at < MAX_OPERATIONS; at++) {
      Node node = start.at(directory);
      Snapshot original = node.snapshot();
      boolean[] met = {false};
      FaultyFiles files =
          new FaultyFiles(
              Fault.MEET,
              at,
              exchanges,
              () -> {
                met[0] = true;
                other.accept(node, node.tree(FaultyFiles.none()));
              });
      one.accept(node, node.tree(files));
      String step = start + " at " + at;

      assertThat(containerdReads(node)).as(step).isPresent();
      HostsTree last = node.tree(FaultyFiles.none());
      expectPut(start, last.put(HUB));
      last.standing().forEach(last::withdraw);
      assertThat(node.snapshot()).as(step).isEqualTo(original);
      if (!met[0]) {
        return;
      }
    }
    throw new AssertionError("more operations than " + MAX_OPERATIONS);
  }

  private void everyStep(
      Start start,
      Fault fault,
      boolean exchanges,
      BiConsumer<Node, FaultyFiles> action,
      After then) {
    Optional<String> before = containerdReads(start.at(directory));
    Node reached = start.at(directory);
    reached.tree(FaultyFiles.none()).put(HUB);
    Optional<String> after = containerdReads(reached);
    for (int at = 0; at < MAX_OPERATIONS; at++) {
      Node node = start.at(directory);
      Snapshot original = node.snapshot();
      FaultyFiles files = new FaultyFiles(fault, at, exchanges, () -> {});
      action.accept(node, files);
      boolean past = files.operations() <= at;
      try {
        then.check(node, before, after);
        node.tree(FaultyFiles.none()).withdraw(HUB);
        assertThat(node.snapshot()).isEqualTo(original);
      } catch (AssertionError e) {
        throw new AssertionError(start + ", " + fault + " at operation " + at, e);
      }
      if (past) {
        return;
      }
    }
    throw new AssertionError("more operations than " + MAX_OPERATIONS);
  }

  private interface After {
    void check(Node node, Optional<String> before, Optional<String> after);
  }

  private static void run(Runnable action) {
    try {
      action.run();
    } catch (FaultyFiles.Stopped e) {
      // The process is gone.
    }
  }

  private static void expectPut(Start start, Standing standing) {
    assertThat(standing)
        .isInstanceOf(start.takesEntry() ? Standing.Present.class : Standing.LeftAlone.class);
  }

  /** What containerd would make of the registry: its hosts and its server, or nothing. */
  private static Optional<String> containerdReads(Node node) {
    Path folder = node.root.resolve("docker.io");
    Path file = node.root.resolve(FILE);
    if (!Files.isDirectory(folder)) {
      return Optional.of("nothing");
    }
    StringBuilder found = new StringBuilder();
    if (Files.exists(file)) {
      var result = Toml.parse(node.read(FILE));
      if (result.hasErrors()) {
        return Optional.of("unreadable " + node.read(FILE));
      }
      found.append(result.getString(List.of("server"))).append(' ');
      found.append(result.get(List.of("ca")) == null ? "" : "ca ");
      if (result.get(List.of("host")) instanceof TomlTable hosts) {
        found.append(hosts.keySet());
      }
    }
    String[] crt = folder.toFile().list((d, name) -> name.endsWith(".crt"));
    return Optional.of(found + Arrays.toString(crt));
  }
}
