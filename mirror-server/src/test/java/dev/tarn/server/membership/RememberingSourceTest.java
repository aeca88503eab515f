package dev.tarn.server.membership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.placement.Member;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a node knows of its peers when it restarts while nobody tells it. */
class RememberingSourceTest {
  private static final List<Member> TWO =
      List.of(
          new Member("node-a", "zone \"1\"", "10.0.0.1:5051", true),
          new Member("node-b", "", "[fd00::2]:5051", false));
  private static final List<Member> ONE = List.of(TWO.getFirst());

  @TempDir Path directory;
  private Path file;
  private final ManualSchedule schedule = new ManualSchedule();
  private final RecordingSink sink = new RecordingSink();
  private final Told told = new Told();

  /** A source that finds what the test says. */
  private static final class Told implements MemberSource {
    private Sink sink = new RecordingSink();
    boolean closed;

    @Override
    public void start(Sink to) {
      sink = to;
    }

    @Override
    public Duration age() {
      return Duration.ofSeconds(7);
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  @BeforeEach
  void name() {
    file = directory.resolve("members.json");
  }

  private RememberingSource start() {
    RememberingSource source = new RememberingSource(told, file, schedule);
    source.start(sink);
    return source;
  }

  private void runAll() {
    while (schedule.pending() > 0) {
      Duration _ = schedule.runNext();
    }
  }

  /** A run that finds these members, remembers them and ends. */
  private void earlierRun(List<Member> members) {
    try (RememberingSource _ = start()) {
      runAll();
      told.sink.found(members);
      runAll();
    }
    sink.found.clear();
  }

  @Test
  void aNodeThatIsToldNothingKnowsWhomItKnewBeforeTheRestart() {
    earlierRun(TWO);

    start();
    told.sink.failed(new IOException("no API server"));
    runAll();

    assertThat(sink.found).containsExactly(TWO);
    assertThat(sink.failures).isEqualTo(1);
  }

  @Test
  void whatIsFoundReplacesWhatIsRemembered() {
    earlierRun(TWO);

    start();
    runAll();
    told.sink.found(ONE);

    assertThat(sink.found).containsExactly(TWO, ONE);
  }

  @Test
  void whatIsRememberedDoesNotReplaceWhatIsFound() {
    earlierRun(TWO);

    start();
    told.sink.found(ONE);
    runAll();

    assertThat(sink.found).containsExactly(ONE);
  }

  @Test
  void theLatestOfSeveralIsRemembered() {
    try (RememberingSource _ = start()) {
      told.sink.found(TWO);
      told.sink.found(ONE);
      assertThat(schedule.pending()).as("to recall, to write").isEqualTo(2);
      runAll();
    }
    sink.found.clear();
    start();
    runAll();
    assertThat(sink.found).containsExactly(ONE);
  }

  @Test
  void whatDidNotChangeIsNotWrittenAgain() throws IOException {
    earlierRun(TWO);
    Files.delete(file);

    start();
    told.sink.found(TWO);
    runAll();
    Files.delete(file);
    told.sink.found(TWO);
    runAll();

    assertThat(file).doesNotExist();
  }

  @Test
  void whatCouldNotBeWrittenIsWrittenWhenItIsFoundAgain() throws IOException {
    file = directory.resolve("later").resolve("members.json");
    start();
    told.sink.found(TWO);
    runAll();
    Files.createDirectory(directory.resolve("later"));
    told.sink.found(TWO);
    runAll();
    sink.found.clear();

    start();
    runAll();
    assertThat(sink.found).containsExactly(TWO);
  }

  @Test
  void nobodyIsNotWorthRemembering() {
    earlierRun(TWO);
    earlierRun(List.of());
    start();
    runAll();
    assertThat(sink.found).containsExactly(TWO);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[1]",
        "{\"members\": 3}",
        "{\"members\": [{\"zone\": \"a\"}]}",
        "{\"members\": [{\"name\": \"a\"}, {\"name\": \"a\"}]}",
        "{\"members\": [{\"name\": \"a\", \"ready\": \"yes\"}]}"
      })
  void aFileThatCannotBeReadIsNobody(String content) throws IOException {
    Files.writeString(file, content);
    start();
    runAll();
    assertThat(sink.found).isEmpty();
    told.sink.found(TWO);
    assertThat(sink.found).containsExactly(TWO);
  }

  @Test
  void fieldsOfALaterVersionArePassedOver() throws IOException {
    Files.writeString(
        file,
        """
        {"version": {"of": 2}, "members": [{"name": "node-a", "weights": [1], "ready": true}]}
        """);
    start();
    runAll();
    assertThat(sink.found).containsExactly(List.of(new Member("node-a", "", "", true)));
  }

  @Test
  void afterClosingNothingIsReported() {
    earlierRun(TWO);
    start().close();
    runAll();
    told.sink.found(ONE);
    assertThat(sink.found).isEmpty();
    assertThat(told.closed).isTrue();
  }

  @Test
  void itIsAsOldAsItsSourceSays() {
    assertThat(start().age()).hasSeconds(7);
  }
}
