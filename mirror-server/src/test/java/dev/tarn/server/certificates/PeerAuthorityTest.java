package dev.tarn.server.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tarn.server.certificates.PeerAuthority.Result;
import dev.tarn.server.membership.kubernetes.InCluster;
import dev.tarn.server.testing.Certificates;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command against an API server, by a clock of its own. */
class PeerAuthorityTest {
  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

  @TempDir Path directory;
  private final ObjectMapper json = new ObjectMapper();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final AtomicReference<Instant> clock = new AtomicReference<>(START);
  private final List<Duration> pauses = new ArrayList<>();
  private FakeApi api;

  @BeforeEach
  void start() throws Exception {
    api = new FakeApi();
    Files.writeString(directory.resolve("token"), "token");
    Files.writeString(directory.resolve("namespace"), "tarn");
    Files.writeString(
        directory.resolve("ca.crt"),
        Certificates.pem(
            "CERTIFICATE", Certificates.selfSigned("CN=api", "", true).certificate().getEncoded()));
  }

  @AfterEach
  void stop() {
    api.close();
  }

  private Result run() throws Exception {
    return run(pause -> {});
  }

  private Result run(Consumer<Duration> meanwhile) throws Exception {
    InCluster pod = InCluster.ofThisPod(Map.of(), directory, Optional.of(URI.create(api.url())));
    return PeerAuthority.run(
        settings(),
        pod,
        clock::get,
        pause -> {
          synchronized (pauses) {
            pauses.add(pause);
          }
          clock.updateAndGet(now -> now.plus(pause));
          meanwhile.accept(pause);
        },
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  private static PeerAuthority.Settings settings() {
    return new PeerAuthority.Settings(
        Optional.empty(),
        "peer-tls",
        Optional.of("tarn"),
        Duration.ofDays(90),
        Duration.ofHours(12),
        Duration.ofMinutes(2));
  }

  private String entry(String name) {
    return new String(
        Base64.getDecoder().decode(api.secret().at("/data").path(name).asText("")),
        StandardCharsets.US_ASCII);
  }

  private List<String> entries() {
    List<String> names = new ArrayList<>();
    api.secret().at("/data").fieldNames().forEachRemaining(names::add);
    return names;
  }

  private void pass(Duration time) {
    clock.updateAndGet(now -> now.plus(time));
  }

  @Test
  void itIsMadeWhereItIsMissing() throws Exception {
    assertThat(run()).isEqualTo(Result.DONE);

    JsonNode made = api.secret();
    assertThat(made.at("/type").asText()).isEqualTo("kubernetes.io/tls");
    assertThat(made.at("/metadata/labels/app.kubernetes.io~1managed-by").asText())
        .isEqualTo("tarn");
    assertThat(made.at("/metadata/labels/app.kubernetes.io~1instance").isMissingNode()).isTrue();
    JsonNode owner = made.at("/metadata/ownerReferences/0");
    assertThat(owner.path("kind").asText()).isEqualTo("Service");
    assertThat(owner.path("uid").asText()).isEqualTo("service-1");
    assertThat(owner.path("blockOwnerDeletion").asBoolean(false)).isFalse();
    assertThat(entries()).containsExactly("ca.crt", "tls.crt", "tls.key");
    assertThat(entry("ca.crt")).isEqualTo(entry("tls.crt"));
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("tarn/peer-tls: made \"CN=Tarn peers ")
        .doesNotContain("PRIVATE KEY");
    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void aSecondRunWritesNothing() throws Exception {
    run();
    ObjectNode made = api.secret();
    assertThat(run()).isEqualTo(Result.DONE);
    assertThat(api.secret()).isEqualTo(made);
    assertThat(api.requests().stream().filter(request -> !request.startsWith("GET"))).hasSize(1);
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("nothing to do");
  }

  @Test
  void itIsRenewedStepByStep() throws Exception {
    run();
    String first = entry("tls.crt");
    // What others added stays.
    ObjectNode noted = api.secret();
    noted.withObject("/metadata/annotations").put("example.com/note", "ours");
    api.put(noted);

    pass(Duration.ofDays(60));
    run();
    String next = entry("next.crt");
    assertThat(entries()).contains("next.crt", "next.key");
    assertThat(entry("tls.crt")).isEqualTo(first);
    assertThat(entry("ca.crt")).isEqualTo(first + next);

    run();
    assertThat(entry("tls.crt")).isEqualTo(first);

    pass(Duration.ofHours(24));
    run();
    assertThat(entries()).containsExactly("ca.crt", "tls.crt", "tls.key");
    assertThat(entry("tls.crt")).isEqualTo(next);
    assertThat(entry("ca.crt")).isEqualTo(first + next);

    pass(Duration.ofDays(30));
    run();
    assertThat(entry("ca.crt")).isEqualTo(next);
    assertThat(api.secret().at("/metadata/annotations/example.com~1note").asText())
        .isEqualTo("ours");
    assertThat(pauses).isEmpty();
  }

  @Test
  void ofTwoThatMakeItAtOnceOneDoes() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Result>> runs = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        runs.add(this::run);
      }
      for (Future<Result> each : threads.invokeAll(runs)) {
        assertThat(each.get()).isEqualTo(Result.DONE);
      }
    }
    assertThat(out.toString(StandardCharsets.UTF_8)).containsOnlyOnce("made ");
  }

  @Test
  void ofTwoThatRenewItAtOnceOneDoes() throws Exception {
    run();
    pass(Duration.ofDays(60));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Result>> runs = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        runs.add(this::run);
      }
      for (Future<Result> each : threads.invokeAll(runs)) {
        assertThat(each.get()).isEqualTo(Result.DONE);
      }
    }
    assertThat(out.toString(StandardCharsets.UTF_8)).containsOnlyOnce(" trusted; it signs later");
  }

  @Test
  void whoIsOvertakenReadsAgain() throws Exception {
    run();
    pass(Duration.ofDays(60));
    api.beforeNextWrite(
        () -> {
          ObjectNode other = api.secret();
          other.withObject("/metadata/annotations").put("example.com/note", "meanwhile");
          api.put(other);
        });
    assertThat(run()).isEqualTo(Result.DONE);
    assertThat(pauses).containsExactly(Duration.ofSeconds(1));
    assertThat(entries()).contains("next.crt");
    assertThat(api.secret().at("/metadata/annotations/example.com~1note").asText())
        .isEqualTo("meanwhile");

    pass(Duration.ofDays(1));
    api.beforeNextWrite(api::remove);
    assertThat(run()).isEqualTo(Result.DONE);
    assertThat(entries()).containsExactly("ca.crt", "tls.crt", "tls.key");
  }

  @Test
  void whatSomebodyElseMadeIsLeftAsItIs() throws Exception {
    ObjectNode theirs = json.createObjectNode().put("kind", "Secret").put("apiVersion", "v1");
    theirs.withObject("/metadata").put("name", "peer-tls").put("namespace", "tarn");
    theirs.withObject("/data").put("tls.crt", "AAAA");
    api.put(theirs);
    assertThat(run()).isEqualTo(Result.NOT_OURS);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("the Secret tarn/peer-tls is left as it is: somebody else made it")
        .contains("app.kubernetes.io/");
    assertThat(api.requests()).allMatch(request -> request.startsWith("GET"));
  }

  @Test
  void whatIsBrokenIsLeftAsItIs() throws Exception {
    run();
    ObjectNode good = api.secret();
    for (String missing : List.of("ca.crt", "tls.crt", "tls.key")) {
      ObjectNode broken = good.deepCopy();
      broken.withObject("/data").remove(missing);
      api.put(broken);
      assertThat(run()).isEqualTo(Result.NOT_OURS);
      assertThat(err.toString(StandardCharsets.UTF_8)).contains("it has no " + missing);
    }
    api.remove();
    run();
    ObjectNode mixed = good.deepCopy();
    mixed.withObject("/data").set("tls.key", api.secret().at("/data").path("tls.key"));
    api.put(mixed);
    assertThat(run()).isEqualTo(Result.NOT_OURS);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("tls.key is not the key of tls.crt");
  }

  @Test
  void anApiServerThatIsNotReadyIsAskedAgain() throws Exception {
    api.refuse(503, 403, 500);
    assertThat(run()).isEqualTo(Result.DONE);
    assertThat(pauses)
        .containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(4));
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("could not read it: 403, refused with 403");
  }

  @Test
  void aServiceThatIsYetToComeIsWaitedFor() throws Exception {
    api.service("");
    assertThat(run(_ -> api.service("late"))).isEqualTo(Result.DONE);
    assertThat(api.secret().at("/metadata/ownerReferences/0/uid").asText()).isEqualTo("late");
    assertThat(pauses).hasSize(1);
  }

  @Test
  void itIsGivenUpInTheEnd() throws Exception {
    api.close();
    assertThat(run()).isEqualTo(Result.FAILED);
    assertThat(Duration.between(START, clock.get())).isLessThanOrEqualTo(Duration.ofMinutes(2));
    assertThat(pauses).hasSizeBetween(8, 12);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("given up after PT2M");
  }

  @Test
  void aSecretOfAnEarlierServiceIsGivenToTheOneThatIs() throws Exception {
    run();
    String before = entry("tls.crt");
    api.service("service-2");
    assertThat(run()).isEqualTo(Result.DONE);
    assertThat(api.secret().at("/metadata/ownerReferences")).hasSize(1);
    assertThat(api.secret().at("/metadata/ownerReferences/0/uid").asText()).isEqualTo("service-2");
    assertThat(entry("tls.crt")).isEqualTo(before);
  }

  @Test
  void lifeAndOverlapHaveToFit() {
    assertThat(settings().problem()).isEmpty();
    assertThat(
            new PeerAuthority.Settings(
                    Optional.empty(),
                    "s",
                    Optional.empty(),
                    Duration.ofHours(6),
                    Duration.ofMinutes(61),
                    Duration.ZERO)
                .problem())
        .contains("--min-overlap: at most a sixth of --life");
  }
}
