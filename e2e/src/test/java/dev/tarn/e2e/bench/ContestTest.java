package dev.tarn.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Workspace;
import dev.tarn.e2e.run.CaseRun;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is when at turn, and whose round is compared with whose. Two processes sleep meanwhile. */
class ContestTest {
  private static final int ROUNDS = 3;
  private static final Scale SCALE =
      new Scale(
          ROUNDS, Duration.ofMillis(700), Duration.ZERO, 1, 1, 1, Duration.ZERO, Duration.ZERO, 1);

  @TempDir Path directory;
  private Server tarn;
  private Server nginx;
  private final List<String> turns = new ArrayList<>();

  @BeforeEach
  void start() {
    tarn = sleeping("tarn", true);
    nginx = sleeping("nginx with open_file_cache", false);
  }

  private Server sleeping(String name, boolean compiles) {
    Child process = Child.start(name, directory, Map.of(), List.of("sleep", "600"));
    return new Server(name, 1, process, compiles);
  }

  @AfterEach
  void stop() {
    tarn.process().close();
    nginx.process().close();
  }

  /** The n-th turn of all reads n megabytes a second. */
  private Contest contest() {
    return Contest.of(
        List.of(tarn, nginx),
        SCALE,
        (server, time) -> {
          assertThat(time).isEqualTo(SCALE.round());
          turns.add(server.name());
          return new Reading(1, turns.size() * 1_000_000L, 1, 0, 0, 0);
        });
  }

  @Test
  void afterAWarmUpOfEachTheyTakeTurnsAndWhoBeginsChanges() {
    contest();

    String other = nginx.name();
    assertThat(turns).containsExactly("tarn", other, "tarn", other, other, "tarn", "tarn", other);
  }

  @Test
  void theWarmUpDoesNotCount() {
    Contest contest = contest();

    assertThat(contest.servers()).containsExactly(tarn, nginx);
    assertThat(contest.samples(tarn, round -> round.reading().megabytesPerSecond()).values())
        .containsExactly(3.0, 6.0, 7.0);
    assertThat(contest.samples(nginx, round -> round.reading().megabytesPerSecond()).values())
        .containsExactly(4.0, 5.0, 8.0);
  }

  @Test
  void ratiosAreOfTheSameRound() {
    Samples ratios = contest().ratios(tarn, nginx, round -> round.reading().megabytesPerSecond());

    assertThat(ratios.values()).containsExactly(3.0 / 4, 7.0 / 8, 6.0 / 5);
  }

  @Test
  void itsFiguresAreNotedByKeyAndServer() {
    CaseRun run = new CaseRun(Workspace.create(directory, "contest"));

    new Findings(run, 1)
        .contest("blob", "a blob", contest(), round -> round.reading().megabytesPerSecond());

    assertThat(run.figures())
        .containsEntry("blob_tarn", 6.0)
        .containsEntry("blob_nginx_with_open_file_cache", 5.0);
  }
}
