package dev.tarn.server.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.server.status.ClusterView.Limits;
import dev.tarn.server.status.ClusterView.Neighbours;
import dev.tarn.server.status.ClusterView.Word;
import dev.tarn.server.status.MemberFacts.MemberFact;
import dev.tarn.server.status.MemberFacts.State;
import dev.tarn.server.status.NodeFacts.Agent;
import dev.tarn.server.status.NodeFacts.Effect;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What members say is put together; who says nothing, or nonsense, holds nothing up. */
@Timeout(30)
class ClusterViewTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Limits QUICK = new Limits(16, Duration.ofMillis(50));

  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger questions = new AtomicInteger();
  private final Map<String, Word> words = new HashMap<>();
  private final List<MemberFact> members = new ArrayList<>();
  private final SampleFacts own = new SampleFacts();
  private Limits limits = Limits.DEFAULT;

  private final class Given implements Neighbours {
    @Override
    public String name() {
      return "node-1";
    }

    @Override
    public String zone() {
      return "zone-a";
    }

    @Override
    public List<MemberFact> members() {
      return members;
    }

    @Override
    public void ask(String node, Consumer<Word> then) {
      questions.incrementAndGet();
      Word word = words.get(node);
      if (word != null) {
        then.accept(word);
      }
    }
  }

  private ClusterView view() {
    return new ClusterView(
        new Given(), () -> NodeWord.of(own.status()), limits, () -> SampleFacts.NOW, nanos::get);
  }

  private JsonNode look() throws IOException, InterruptedException {
    return JSON.readTree(view().json());
  }

  private void member(String node, State state, @Nullable Word word) {
    members.add(new MemberFact(node, "zone-a", state));
    if (word != null) {
      words.put(node, word);
    }
  }

  private static Word said(SampleFacts facts) {
    return new Word.Said(NodeWord.of(facts.status()).json());
  }

  static String example() throws InterruptedException {
    ClusterViewTest test = new ClusterViewTest();
    SampleFacts other = new SampleFacts();
    other.agent = Optional.of(new Agent(7, 1, Effect.INEFFECTIVE, List.of()));
    other.registries = List.of(SampleFacts.limited());
    test.own.registries = List.of(SampleFacts.well());
    test.member("node-1", State.READY, null);
    test.member("node-2", State.READY, said(other));
    test.member("node-3", State.NOT_READY, new Word.None());
    return test.view().json();
  }

  @Test
  void aNodeAloneIsTheCluster() throws IOException, InterruptedException {
    JsonNode cluster = look();

    assertThat(cluster.get("total").asInt()).isEqualTo(1);
    assertThat(cluster.get("answered").asInt()).isEqualTo(1);
    assertThat(cluster.get("verdict").asText()).isEqualTo("fine");
    assertThat(cluster.get("nodes").get(0).get("node").asText()).isEqualTo("node-1");
    assertThat(questions).hasValue(0);
  }

  @Test
  void whatIsWrongWithOneIsSaidOfTheClusterWithItsName() throws IOException, InterruptedException {
    JsonNode cluster = JSON.readTree(example());

    assertThat(cluster.get("verdict").asText()).isEqualTo("trouble");
    assertThat(cluster.get("answered").asInt()).isEqualTo(2);
    assertThat(cluster.get("findings")).hasSize(2);
    JsonNode finding = cluster.get("findings").get(0);
    assertThat(finding.get("code").asText()).isEqualTo("agent-ineffective");
    assertThat(finding.get("nodes").asInt()).isEqualTo(1);
    assertThat(finding.get("examples").get(0).asText()).isEqualTo("node-2");
  }

  @Test
  void figuresAreAddedUp() throws IOException, InterruptedException {
    own.lastHour = SampleFacts.figures(Figure.SERVED_DISK, 100);
    SampleFacts other = new SampleFacts();
    other.lastHour = SampleFacts.figures(Figure.FETCHED_UPSTREAM, 30);
    member("node-1", State.READY, null);
    member("node-2", State.READY, said(other));

    JsonNode hour = look().get("lastHour");

    assertThat(hour.get("servedBytes").asInt()).isEqualTo(100);
    assertThat(hour.get("upstreamBytes").asInt()).isEqualTo(30);
    assertThat(hour.get("savedBytes").asInt()).isEqualTo(70);
    assertThat(hour.get("servedBySource").get("disk").asInt()).isEqualTo(100);
  }

  @Test
  void howRegistriesFareIsCountedByNode() throws IOException, InterruptedException {
    JsonNode registry = JSON.readTree(example()).get("registries").get(0);

    assertThat(registry.get("name").asText()).isEqualTo("docker.io");
    assertThat(registry.get("well").asInt()).isEqualTo(1);
    assertThat(registry.get("limited").asInt()).isEqualTo(1);
    assertThat(registry.get("examples").get(0).asText()).isEqualTo("node-2");
  }

  @Test
  void whatIsOnItsWayIsAddedUp() throws IOException, InterruptedException {
    JsonNode inFlight = JSON.readTree(example()).get("inFlight");

    assertThat(inFlight.get("count").asInt()).isEqualTo(4);
    assertThat(inFlight.get("receivedBytes").asInt()).isEqualTo(200);
    assertThat(inFlight.get("sizeBytes").asInt()).isEqualTo(800);
  }

  @Test
  void whoIsReadyAndSilentNeedsAttention() throws IOException, InterruptedException {
    limits = QUICK;
    member("node-1", State.READY, null);
    member("node-2", State.READY, null);
    member("node-3", State.AVOIDED, new Word.None());
    member("node-4", State.NOT_READY, new Word.None());
    member("node-5", State.READY, new Word.Older());

    JsonNode cluster = look();

    assertThat(cluster.get("verdict").asText()).isEqualTo("attention");
    assertThat(cluster.get("findings").get(0).get("code").asText()).isEqualTo("member-silent");
    assertThat(cluster.get("findings").get(0).get("nodes").asInt()).isEqualTo(2);
    assertThat(cluster.get("nodes"))
        .extracting(node -> node.get("word").asText())
        .containsExactly("answered", "none", "none", "none", "older");
  }

  @Test
  void onlySoManyAreAskedAtOnce() throws IOException, InterruptedException {
    limits = new Limits(2, Duration.ofMillis(50));
    member("node-1", State.READY, null);
    for (int i = 2; i < 10; i++) {
      member("node-" + i, State.READY, null);
    }

    JsonNode cluster = look();

    assertThat(questions).hasValue(2);
    assertThat(cluster.get("nodes").get(8).get("word").asText()).isEqualTo("skipped");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{}",
        "{\"verdict\":\"splendid\"}",
        "{\"verdict\":\"fine\"} {}",
        "{\"verdict\":\"fine\",\"x\":[[[[[[[[[[1]]]]]]]]]]}",
        "<html>"
      })
  void nonsenseIsNoWord(String text) throws IOException, InterruptedException {
    member("node-1", State.READY, null);
    member("node-2", State.READY, new Word.Said(text));

    assertThat(look().get("nodes").get(1).get("word").asText()).isEqualTo("none");
  }

  @Test
  void whatAMemberSaysIsBoundedAndHasNoControlCharacters()
      throws IOException, InterruptedException {
    String text = "\\u001b[2J" + "x".repeat(10_000);
    String finding = "{\"severity\":\"trouble\",\"code\":\"of-later\",\"text\":\"" + text + "\"}";
    member("node-1", State.READY, null);
    member(
        "node-2",
        State.READY,
        new Word.Said(
            "{\"verdict\":\"trouble\",\"inFlight\":{\"count\":-5},\"registries\":{\"<b>\":\"well\",\"a\":\"fine\"},\"storeBytes\":1.5,\"findings\":["
                + String.join(",", Collections.nCopies(100, finding))
                + ",{\"code\":\"<b>\",\"severity\":\"trouble\"}]}"));

    JsonNode cluster = look();

    assertThat(cluster.get("findings")).hasSize(1);
    String told = cluster.get("findings").get(0).get("text").asText();
    assertThat(told).hasSize(400).doesNotContain("\u001b");
    JsonNode node = cluster.get("nodes").get(1);
    assertThat(node.get("findings")).hasSize(NodeWord.MAX_FINDINGS);
    assertThat(node.get("transfers").asInt()).isEqualTo(0);
    assertThat(node.get("storeBytes").asInt()).isEqualTo(0);
    assertThat(cluster.get("registries")).isEmpty();
  }

  @Test
  void whoLooksAgainAtOnceIsToldTheSame() throws InterruptedException {
    member("node-1", State.READY, null);
    member("node-2", State.READY, said(new SampleFacts()));
    ClusterView view = view();
    view.json();
    nanos.addAndGet(Duration.ofMillis(1999).toNanos());
    view.json();
    assertThat(questions).hasValue(1);

    nanos.addAndGet(Duration.ofMillis(1).toNanos());
    view.json();
    assertThat(questions).hasValue(2);
  }

  /** Else it would not be sent. */
  @Test
  void whatANodeSaysIsBounded() {
    own.registries =
        IntStream.range(0, 2000)
            .mapToObj(i -> SampleFacts.failing("registry-" + i + ".example.com"))
            .toList();
    String word = NodeWord.of(own.status()).json();

    assertThat(word.length()).isLessThan(32 * 1024);
    assertThat(NodeWord.read(word).orElseThrow().registries()).hasSize(NodeWord.MAX_REGISTRIES);
  }

  @Test
  void whatANodeSaysIsReadAsItWasMeant() {
    own.agent = Optional.of(new Agent(7, 1, Effect.INEFFECTIVE, List.of("quay.io")));
    own.lastHour = SampleFacts.figures(Figure.HITS_DISK, 7);
    own.registries = List.of(SampleFacts.limited());
    NodeWord word = NodeWord.of(own.status());

    assertThat(NodeWord.read(word.json())).contains(word);
  }
}
