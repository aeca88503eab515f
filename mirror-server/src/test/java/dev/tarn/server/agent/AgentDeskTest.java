package dev.tarn.server.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.server.agent.AgentDesk.Reply;
import dev.tarn.server.testing.ScriptedAgent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgentDeskTest {
  private static final String ADDRESS = "127.0.0.1:5050";
  private static final Duration LONG = Duration.ofHours(1);
  private static final RegistryHost QUAY = new RegistryHost("quay.io");

  @TempDir Path directory;
  private final ScriptedAgent agent = new ScriptedAgent();
  private final AtomicLong nanos = new AtomicLong(-7);
  private final AtomicInteger looks = new AtomicInteger();
  private final Seen seen = new Seen(List.of(QUAY));
  private final Canaries canaries = new Canaries();
  private boolean ready = true;
  private AgentDesk desk;

  @BeforeEach
  void open() throws IOException {
    agent.writesSecret(directory);
    desk =
        new AgentDesk(directory, seen, canaries, () -> ready, looks::incrementAndGet, nanos::get);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private Reply report(String body) {
    String challenge = agent.challenge();
    return desk.answer(
        ADDRESS, challenge, agent.proof("agent", ADDRESS, challenge, body), bytes(body));
  }

  private String told(String body) {
    return ((Reply.Told) report(body)).body();
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  @Test
  void theAgentIsToldHowItStandsWithAProofThatFitsItsOwnQuestion() {
    String challenge = agent.challenge();
    String proof = agent.proof("agent", ADDRESS, challenge, "entries 2\n");

    Reply.Told told = (Reply.Told) desk.answer(ADDRESS, challenge, proof, bytes("entries 2\n"));

    assertThat(told.body()).isEqualTo("state ready\n");
    assertThat(told.proof()).isEqualTo(agent.proof("node", ADDRESS, challenge, "state ready\n"));
    assertThat(desk.entries()).isEqualTo(2);
    assertThat(desk.heard()).isEqualTo(1);
    assertThat(looks).as("what the agent found is followed before").hasValue(1);
  }

  @Test
  void whoHasNotTheSecretIsToldNothing() {
    String body = "entries 2\n";
    String challenge = agent.challenge();
    String right = agent.proof("agent", ADDRESS, challenge, body);
    List<Reply> replies =
        List.of(
            desk.answer(ADDRESS, challenge, "", bytes(body)),
            desk.answer(ADDRESS, challenge, right.substring(1), bytes(body)),
            desk.answer(ADDRESS, challenge, right + "A", bytes(body)),
            desk.answer(
                ADDRESS, challenge, new StringBuilder(right).reverse().toString(), bytes(body)),
            desk.answer(
                ADDRESS, challenge, agent.proof("node", ADDRESS, challenge, body), bytes(body)));

    assertThat(replies).allMatch(reply -> reply.equals(new Reply.Stranger()));
    assertThat(desk.refused()).isEqualTo(5);
    assertThat(looks).hasValue(0);
    assertThat(desk.heard()).isZero();
  }

  @Test
  void aProofIsGoodForItsChallengeItsAddressAndItsBodyAlone() {
    String body = "entries 2\n";
    String challenge = agent.challenge();
    String proof = agent.proof("agent", ADDRESS, challenge, body);

    assertThat(desk.answer(ADDRESS, agent.challenge(), proof, bytes(body)))
        .as("replayed with another challenge")
        .isEqualTo(new Reply.Stranger());
    assertThat(desk.answer("127.0.0.1:5051", challenge, proof, bytes(body)))
        .as("meant for who listens elsewhere")
        .isEqualTo(new Reply.Stranger());
    assertThat(desk.answer(ADDRESS, challenge, proof, bytes("entries 3\n")))
        .isEqualTo(new Reply.Stranger());
    assertThat(desk.answer(ADDRESS, challenge, proof, bytes(body))).isInstanceOf(Reply.Told.class);
  }

  @Test
  void theSecretMayComeLateBecomeAnotherAndGo() throws IOException {
    Files.delete(directory.resolve("secret"));
    assertThat(report("entries 0")).isEqualTo(new Reply.Stranger());

    agent.writesSecret(directory);
    pass(Duration.ofSeconds(1));
    assertThat(report("entries 0")).isInstanceOf(Reply.Told.class);

    Files.writeString(directory.resolve("secret"), "A".repeat(43) + "\n");
    pass(Duration.ofSeconds(1));
    assertThat(report("entries 0")).isEqualTo(new Reply.Stranger());

    agent.writesSecret(directory);
    pass(Duration.ofSeconds(1));
    assertThat(report("entries 0")).isInstanceOf(Reply.Told.class);

    Files.delete(directory.resolve("secret"));
    pass(Duration.ofSeconds(1));
    assertThat(report("entries 0")).isEqualTo(new Reply.Stranger());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "AAAA", "not base64 at all, but of a good length, one 43"})
  void aSecretThatIsNoneIsNobodys(String text) throws IOException {
    Path shared = Files.createDirectory(directory.resolve("other"));
    Files.writeString(shared.resolve("secret"), text);
    desk = new AgentDesk(shared, seen, canaries, () -> true, () -> {}, nanos::get);

    assertThat(report("entries 0")).isEqualTo(new Reply.Stranger());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "entries",
        "entries ",
        "entries -1",
        "entries 1 ",
        "entries 12345678",
        "entry 1\n",
        "\nentries 1\n",
        "entries ١\n"
      })
  void whatIsNoReportIsRefused(String body) {
    assertThat(report(body)).isEqualTo(new Reply.Senseless());
    assertThat(desk.malformed()).isEqualTo(1);
    assertThat(desk.heard()).isZero();
  }

  @Test
  void aNodeStartsIsReadyAndDrains() {
    ready = false;
    assertThat(told("entries 0")).startsWith("state starting\n");
    ready = true;
    assertThat(told("entries 0")).startsWith("state ready\n");
    desk.drain();
    assertThat(told("entries 1")).startsWith("state draining\n");
    ready = false;
    assertThat(told("entries 1")).startsWith("state draining\n");
  }

  @Test
  void theAgentHearsWhoCame() {
    seen.note(QUAY, "containerd/v2.1.4", nanos.get());
    pass(Duration.ofSeconds(61));

    assertThat(told("entries 1")).isEqualTo("state ready\nseen quay.io 1 61 containerd/v2.1.4\n");
  }

  @Test
  void theAgentHearsOfItsCanaryWhateverElseCame() {
    String name = "0123456789abcdef01234567";
    String digest = Digest.sha256(bytes(name)).hex();
    assertThat(told("entries 1\ncanary " + digest)).isEqualTo("state ready\n");
    canaries.note(name, nanos.get());
    for (int i = 0; i < 100; i++) {
      canaries.note("ff" + i, nanos.get());
    }
    pass(Duration.ofSeconds(2));

    assertThat(told("entries 1\ncanary " + digest)).contains("\ncanary " + name + " 2\n");
  }

  @Test
  void anAgentThatEndsFirstIsNotWaitedFor() {
    told("entries 0\nagent a\nending\n");
    desk.drain();
    desk.awaitWithdrawal(LONG);
  }

  @Test
  void theEndWaitsUntilNothingLeadsHere() throws Exception {
    told("entries 3");
    desk.drain();
    CompletableFuture<Void> ended = CompletableFuture.runAsync(() -> desk.awaitWithdrawal(LONG));

    assertThat(told("entries 3")).startsWith("state draining");
    assertThat(told("entries 1")).startsWith("state draining");
    assertThat(ended).isNotDone();
    assertThat(told("entries 0")).startsWith("state draining");

    ended.get(10, TimeUnit.SECONDS);
    desk.awaitWithdrawal(LONG);
  }

  @Test
  void whatWasSaidBeforeTheEndBeganDoesNotCount() {
    told("entries 0");
    desk.drain();
    CompletableFuture<Void> ended = CompletableFuture.runAsync(() -> desk.awaitWithdrawal(LONG));

    assertThat(ended).isNotDone();
    told("entries 0");
    ended.join();
  }

  @Test
  void anAgentThatNeverComesToAnEndIsWaitedForOnceAndNotForEver() {
    told("entries 1");
    desk.drain();

    desk.awaitWithdrawal(Duration.ofMillis(1));
    desk.awaitWithdrawal(LONG);
  }

  @Test
  void nobodyIsWaitedForWhoWasNotHeardOfLately() {
    AgentDesk lonely = new AgentDesk(directory, seen, canaries, () -> true, () -> {}, nanos::get);
    lonely.drain();
    lonely.awaitWithdrawal(LONG);

    told("entries 1");
    pass(Withdrawal.HEARD_LATELY.plusNanos(1));
    desk.drain();
    desk.awaitWithdrawal(Withdrawal.HEARD_LATELY);
  }

  @Test
  void metricsAreShownAsTheyCameWhileTheyAreFresh() {
    String metrics =
        """
        # HELP containerd_config_agent_entries Entries.
        # TYPE containerd_config_agent_entries gauge
        containerd_config_agent_entries{state="present"} 2
        """;
    told("entries 2\n" + metrics.stripTrailing());
    assertThat(desk.metrics()).isEqualTo(metrics);

    pass(AgentDesk.METRICS_KEPT);
    assertThat(desk.metrics()).isEqualTo(metrics);
    pass(Duration.ofNanos(1));
    assertThat(desk.metrics()).isEmpty();
    assertThat(desk.age()).isEqualTo(AgentDesk.METRICS_KEPT.plusNanos(1));
  }

  @Test
  void metricsStayThroughReportsWithoutAny() {
    told("entries 2\ncontainerd_config_agent_a 1\n");
    pass(AgentDesk.METRICS_KEPT);
    told("entries 3\n");

    assertThat(desk.metrics()).isEqualTo("containerd_config_agent_a 1\n");
    assertThat(desk.entries()).isEqualTo(3);
    assertThat(desk.malformed()).isZero();
    pass(Duration.ofNanos(1));
    assertThat(desk.metrics()).isEmpty();
  }

  @Test
  void metricsThatAreNoneAreNotShownAndTheReportCountsAllTheSame() {
    told("entries 2\ncontainerd_config_agent_a 1\n");
    assertThat(told("entries 3\ncontainerd_config_agent_a 1\ntarn_requests_total 7\n"))
        .startsWith("state ready");

    assertThat(desk.metrics()).isEmpty();
    assertThat(desk.entries()).isEqualTo(3);
    assertThat(desk.malformed()).isEqualTo(1);
  }
}
