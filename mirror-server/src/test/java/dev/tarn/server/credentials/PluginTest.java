package dev.tarn.server.credentials;

import static dev.tarn.server.credentials.ImagePatternTest.image;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.config.CredentialProvider;
import dev.tarn.server.testing.LogCapture;
import dev.tarn.server.upstream.Credential;
import dev.tarn.server.upstream.Credential.Password;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real processes: shell scripts that speak the protocol, or do not. */
@Timeout(60)
class PluginTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final ImageName APP = image("1.registry.example/team/app");

  @TempDir Path directory;
  private final LogCapture log = new LogCapture();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-03-01T12:00:00Z"));
  private Duration limit = LONG;

  @AfterEach
  void nothingSecretWasLogged() {
    threads.close();
    log.close();
    assertThat(log.events().toString()).doesNotContain("s3cr3t");
  }

  private Path runs() {
    return directory.resolve("runs");
  }

  private int countedRuns() throws IOException {
    return Files.exists(runs()) ? Files.readAllLines(runs()).size() : 0;
  }

  /** A plugin that counts its runs, then does this. */
  private Plugin plugin(String script) throws IOException {
    return plugin(script, List.of(), Map.of());
  }

  private Plugin plugin(String script, List<String> args, Map<String, String> environment)
      throws IOException {
    Path file = directory.resolve("plugin");
    Files.writeString(file, "#!/bin/sh\necho run >> '" + runs() + "'\n" + script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    return new Plugin(provider(args, environment), process(), now::get, threads);
  }

  private PluginProcess process() {
    return new PluginProcess(directory, limit);
  }

  private static CredentialProvider provider(List<String> args, Map<String, String> environment) {
    return new CredentialProvider(
        "plugin",
        List.of("*.registry.example"),
        Duration.ofMinutes(10),
        "credentialprovider.kubelet.k8s.io/v1",
        args,
        environment);
  }

  private static String answers(String type, String duration, String auth) {
    return "cat > /dev/null; cat <<'END'\n" + response(type, duration, auth) + "\nEND\n";
  }

  private static String response(String type, String duration, String auth) {
    return "{\"kind\":\"CredentialProviderResponse\",\"apiVersion\":"
        + "\"credentialprovider.kubelet.k8s.io/v1\",\"cacheKeyType\":\""
        + type
        + "\""
        + (duration.isEmpty() ? "" : ",\"cacheDuration\":\"" + duration + "\"")
        + ",\"auth\":"
        + auth
        + "}";
  }

  private static final String AUTH =
      "{\"*.registry.example\":{\"username\":\"AWS\",\"password\":\"s3cr3t\"}}";

  private static Optional<Credential> find(Plugin plugin, ImageName image) {
    return plugin.ask(image, LONG).find(image);
  }

  @Test
  void itIsAskedByTheProtocolWithItsArgumentsAndVariables() throws IOException {
    Path seen = directory.resolve("seen");
    Plugin plugin =
        plugin(
            "{ echo \"$1|$2|$REGION|${PATH:+inherited}\"; cat; } > '"
                + seen
                + "'\n"
                + answers("Image", "5m", AUTH),
            List.of("get", "two words"),
            Map.of("REGION", "eu-west-1"));

    assertThat(find(plugin, APP)).contains(new Password("AWS", "s3cr3t"));

    assertThat(Files.readString(seen))
        .isEqualTo(
            "get|two words|eu-west-1|inherited\n"
                + "{\"kind\":\"CredentialProviderRequest\",\"apiVersion\":"
                + "\"credentialprovider.kubelet.k8s.io/v1\","
                + "\"image\":\"1.registry.example/team/app\"}\n");
  }

  @Test
  void itIsAskedForItsOwnImagesOnly() throws IOException {
    Plugin plugin = plugin("");
    assertThat(plugin.isFor(APP)).isTrue();
    assertThat(plugin.isFor(image("registry.example/app"))).isFalse();
    assertThat(plugin.isFor(image("docker.io/library/alpine"))).isFalse();
  }

  @Test
  void anAnswerCountsForAsLongAsItSaysElseAsLongAsIsConfigured() throws IOException {
    Plugin plugin = plugin(answers("Image", "5m", AUTH));
    find(plugin, APP);
    now.updateAndGet(at -> at.plusSeconds(299));
    find(plugin, APP);
    assertThat(countedRuns()).isEqualTo(1);
    now.updateAndGet(at -> at.plusSeconds(1));
    find(plugin, APP);
    assertThat(countedRuns()).isEqualTo(2);

    Plugin other = plugin(answers("Image", "", AUTH));
    find(other, APP);
    now.updateAndGet(at -> at.plusSeconds(599));
    find(other, APP);
    assertThat(countedRuns()).isEqualTo(3);
    now.updateAndGet(at -> at.plusSeconds(1));
    find(other, APP);
    assertThat(countedRuns()).isEqualTo(4);
  }

  @Test
  void anAnswerThatIsNotToBeKeptServesTheRequestsOfAMoment() throws IOException {
    Plugin plugin = plugin(answers("Image", "0s", AUTH));
    find(plugin, APP);
    find(plugin, APP);
    assertThat(countedRuns()).isEqualTo(1);
    now.updateAndGet(at -> at.plusSeconds(10));
    find(plugin, APP);
    assertThat(countedRuns()).isEqualTo(2);
  }

  @Test
  void anAnswerCountsForTheImagesThatItsKeyTypeNames() throws IOException {
    ImageName sameRegistry = image("1.registry.example/other");
    ImageName otherRegistry = image("2.registry.example/team/app");
    List<Integer> runs = new ArrayList<>();
    for (String type : List.of("Image", "Registry", "Global")) {
      Plugin plugin = plugin(answers(type, "5m", AUTH));
      int before = countedRuns();
      for (ImageName name : List.of(APP, sameRegistry, otherRegistry, APP)) {
        assertThat(find(plugin, name)).isPresent();
      }
      runs.add(countedRuns() - before);
    }
    assertThat(runs).containsExactly(3, 2, 1);
  }

  @Test
  void thoseWhoAskAtOnceShareOneRun() throws Exception {
    Path gate = directory.resolve("gate");
    Process made = new ProcessBuilder("mkfifo", gate.toString()).start();
    assertThat(made.waitFor()).isZero();
    Plugin plugin = plugin("cat '" + gate + "' > /dev/null\n" + answers("Registry", "5m", AUTH));
    int askers = 20;
    CountDownLatch asking = new CountDownLatch(askers);

    List<Future<Optional<Credential>>> found = new ArrayList<>();
    for (int i = 0; i < askers; i++) {
      ImageName image = image("1.registry.example/app" + i % 3);
      found.add(
          threads.submit(
              () -> {
                asking.countDown();
                return find(plugin, image);
              }));
    }
    asking.await();
    Files.writeString(gate, "go\n");

    for (Future<Optional<Credential>> one : found) {
      assertThat(one.get()).contains(new Password("AWS", "s3cr3t"));
    }
    assertThat(countedRuns()).isEqualTo(1);
  }

  @Test
  void aFailureIsRememberedForAWhileAndToldWithoutAnythingThatThePluginSaid() throws IOException {
    Plugin plugin = plugin("echo s3cr3t >&2; echo s3cr3t; exit 3\n");

    assertThat(find(plugin, APP)).isEmpty();
    assertThat(find(plugin, APP)).isEmpty();
    assertThat(countedRuns()).isEqualTo(1);
    assertThat(log.events())
        .singleElement()
        .asString()
        .contains("WARN", "credential_plugin_failed", "plugin", "exited with status 3");

    now.updateAndGet(at -> at.plusSeconds(10));
    find(plugin, APP);
    assertThat(countedRuns()).isEqualTo(2);
  }

  @Test
  void answersThatMakeNoSenseAreFailures() throws IOException {
    String version = "\"credentialprovider.kubelet.k8s.io/v1\"";
    Map<String, String> bad =
        Map.of(
            "s3cr3t",
            "not JSON",
            "",
            "not a JSON object",
            "{\"kind\":\"Other\",\"apiVersion\":" + version + "}",
            "kind is not",
            "{\"kind\":\"CredentialProviderResponse\",\"apiVersion\":\"v9\"}",
            "apiVersion is not",
            response("Pod", "5m", AUTH),
            "cacheKeyType is not",
            response("Image", "s3cr3t", AUTH),
            "cacheDuration is no duration",
            response("Image", "-1s", AUTH),
            "cacheDuration is no duration",
            response("Image", "5m", "[\"s3cr3t\"]"),
            "auth is not an object",
            response("Image", "5m", "{\"a\":\"s3cr3t\"}"),
            "an entry of auth is not an object",
            response("Image", "5m", AUTH) + "s3cr3t",
            "not JSON");
    for (Map.Entry<String, String> one : bad.entrySet()) {
      Plugin plugin = plugin("cat <<'END'\n" + one.getKey() + "\nEND\n");
      assertThat(find(plugin, APP)).as(one.getKey()).isEmpty();
      assertThat(log.events().getLast()).contains(one.getValue());
    }
  }

  @Test
  void noCredentialsIsAnAnswerToo() throws IOException {
    Plugin plugin = plugin(answers("Image", "5m", "null"));
    assertThat(find(plugin, APP)).isEmpty();
    assertThat(find(plugin, APP)).isEmpty();
    assertThat(countedRuns()).isEqualTo(1);
    assertThat(log.events()).isEmpty();
  }

  @Test
  void aPluginThatIsNotThereIsAFailure() {
    Plugin plugin = new Plugin(provider(List.of(), Map.of()), process(), now::get, threads);
    assertThat(find(plugin, APP)).isEmpty();
    assertThat(log.events().getLast()).contains("cannot be started");
  }

  @Test
  void aPluginThatDoesNotEndIsKilledWithWhatItStarted() throws IOException {
    limit = Duration.ofSeconds(1);
    Path pid = directory.resolve("pid");
    Plugin plugin = plugin("sleep 600 & echo $! > '" + pid + "'; wait\n");

    assertThat(find(plugin, APP)).isEmpty();

    assertThat(log.events().getLast()).contains("did not end within 1 s");
    long child = Long.parseLong(Files.readString(pid).strip());
    org.awaitility.Awaitility.await()
        .until(() -> ProcessHandle.of(child).filter(ProcessHandle::isAlive).isEmpty());
  }

  @Test
  void whoeverLosesPatienceGetsNothingAndTheRunGoesOnForTheNext() throws Exception {
    Path gate = directory.resolve("gate");
    assertThat(new ProcessBuilder("mkfifo", gate.toString()).start().waitFor()).isZero();
    Plugin plugin = plugin("cat '" + gate + "' > /dev/null\n" + answers("Registry", "5m", AUTH));

    assertThat(plugin.ask(APP, Duration.ofMillis(1)).find(APP)).isEmpty();
    Files.writeString(gate, "go\n");

    assertThat(find(plugin, APP)).isPresent();
    assertThat(countedRuns()).isEqualTo(1);
  }

  @Test
  void outputIsBounded() throws IOException {
    Plugin plugin = plugin("while :; do echo s3cr3ts3cr3ts3cr3ts3cr3ts3cr3ts3cr3ts3cr3t; done\n");
    assertThat(find(plugin, APP)).isEmpty();
    assertThat(log.events().getLast()).contains("wrote more than 256 KiB");
  }

  @Test
  void aPluginThatReadsNothingMayAnswer() throws IOException {
    Plugin plugin = plugin("exec <&-\ncat <<'END'\n" + response("Image", "5m", AUTH) + "\nEND\n");
    assertThat(find(plugin, APP)).isPresent();
  }
}
