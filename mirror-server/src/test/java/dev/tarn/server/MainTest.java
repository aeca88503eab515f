package dev.tarn.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.config.Configuration;
import dev.tarn.server.config.ConfigurationPrinter;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class MainTest {
  @TempDir Path directory;

  private final CommandRun tarn = new CommandRun();

  @Test
  void helpNamesTheCommandsAndTheExitStatuses() {
    assertThat(tarn.run("--help")).isZero();
    assertThat(tarn.out())
        .contains("serve", "config", "demo", "78", "The configuration is not valid");
    assertThat(tarn.run("config", "check", "--help")).isZero();
    assertThat(tarn.run("--version")).isZero();
    assertThat(tarn.out()).contains("tarn development");
  }

  @Test
  void aTrainingRunsANodeThatPullsAndLeavesNothingRunning() {
    assertThat(tarn.run("train")).isZero();
    assertThat(tarn.out()).contains("serving", "tls=true", "source=upstream");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(tarn.run("--help")).isZero();
    assertThat(tarn.out()).doesNotContain("train ");
  }

  @Test
  void whatIsNoCommandIsAUsageError() {
    assertThat(tarn.run()).isEqualTo(2);
    assertThat(tarn.run("sevre")).isEqualTo(2);
    assertThat(tarn.run("serve", "--confg", "x")).isEqualTo(2);
    assertThat(tarn.run("config")).isEqualTo(2);
    assertThat(tarn.run("config", "check")).isEqualTo(2);
    assertThat(tarn.err()).contains("Usage: tarn").contains("sevre");
    assertThat(tarn.out()).isEmpty();
  }

  @Test
  void theEffectiveConfigurationIsPrinted() throws IOException {
    Path file = write("store:\n  path: /srv/tarn\n");
    assertThat(
            tarn.run(
                Map.of("TARN_LOGGING_LEVEL", "debug"),
                "config",
                "print",
                "--config",
                file.toString()))
        .isZero();
    assertThat(tarn.out()).contains("path: /srv/tarn", "level: debug", "maxConnections: 1024");
  }

  @Test
  void withoutAFileTheDefaultsArePrinted() {
    assertThat(tarn.run("config", "print")).isZero();
    assertThat(tarn.out()).isEqualTo(ConfigurationPrinter.toYaml(Configuration.defaults()));
  }

  @Test
  void aValidConfigurationIsCalledValid() throws IOException {
    assertThat(tarn.run("config", "check", "--config", write("store: {}\n").toString())).isZero();
    assertThat(tarn.out()).contains("is valid: 7 registries");
  }

  @Test
  void everyProblemOfAConfigurationIsNamed() throws IOException {
    Path file = write("store:\n  maxSise: 1GiB\nlogging:\n  level: loud\n");
    assertThat(tarn.run("config", "check", "--config", file.toString())).isEqualTo(78);
    assertThat(tarn.run("config", "print", "--config=" + file)).isEqualTo(78);
    assertThat(tarn.run("serve", "-c", file.toString())).isEqualTo(78);
    tarn.forgetErr();
    assertThat(tarn.run("serve", "--config", file.toString())).isEqualTo(78);
    assertThat(tarn.err())
        .contains(
            "tarn: the configuration " + file + " is not valid:",
            "  store.maxSise (line 2): unknown key; did you mean maxSize?",
            "  logging.level (line 4): expected one of trace, debug, info, warn, error");
  }

  @Test
  void aCertificateFileThatCannotBeReadIsAProblem() throws IOException {
    Path file =
        write("registries: {a.io: {upstreams: [{url: 'https://a.io', ca: /does/not/exist}]}}\n");
    assertThat(tarn.run("config", "check", "--config", file.toString())).isEqualTo(78);
    assertThat(tarn.err()).contains("registries[a.io]: cannot read ca /does/not/exist");
  }

  @Test
  void filesOfCredentialsThatCannotBeReadOrMakeNoSenseAreProblems() throws IOException {
    Path providers =
        Files.writeString(directory.resolve("providers.yaml"), "kind: CredentialProviderConfi\n");
    Path file =
        write(
            "registries: {a.io: {credentials: {dockerConfig: /does/not/exist, providerConfig: '"
                + providers
                + "', providerBinDir: /nor/this}}}\n");
    assertThat(tarn.run("config", "check", "--config", file.toString())).isEqualTo(78);
    assertThat(tarn.err())
        .contains(
            "registries[a.io].credentials: cannot read dockerConfig /does/not/exist",
            "registries[a.io].credentials: cannot read providerBinDir /nor/this",
            providers + ": apiVersion is missing",
            providers + ": kind (line 1): expected CredentialProviderConfig");
  }

  @Test
  void aTokenFileThatCannotBeReadIsAProblem() throws IOException {
    Path file = write("admin: {tokenFile: /does/not/exist}\n");
    assertThat(tarn.run("config", "check", "--config", file.toString())).isEqualTo(78);
    assertThat(tarn.err()).contains("admin: cannot read tokenFile /does/not/exist");
  }

  @Test
  void anAddressThatIsTakenEndsTheProcess() throws IOException {
    try (ServerSocket taken = new ServerSocket(0)) {
      Path file = write(serving(taken.getLocalPort()));
      assertThat(tarn.run("serve", "--config", file.toString())).isEqualTo(1);
      assertThat(tarn.out()).contains("start_failed").contains(":" + taken.getLocalPort());
    }
  }

  @Test
  void aNodeServesUntilItIsInterrupted() throws Exception {
    Path file = write(serving(0));
    CompletableFuture<Integer> status = new CompletableFuture<>();
    Thread main =
        Thread.ofPlatform()
            .start(() -> status.complete(tarn.run("serve", "--config", file.toString())));
    Pattern address = Pattern.compile("serving .* admin=\\S*?:(\\d+)");
    Awaitility.await().until(() -> address.matcher(tarn.out()).find());
    Matcher found = address.matcher(tarn.out());
    assertThat(found.find()).isTrue();

    URI ready = URI.create("http://127.0.0.1:" + found.group(1) + "/readyz");
    try (InputStream answer = ready.toURL().openStream()) {
      assertThat(new String(answer.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("ok\n");
    }
    main.interrupt();
    assertThat(status.get(30, TimeUnit.SECONDS)).isZero();
  }

  @Test
  void aStartingNodeLoadsNeitherTheCommandLineParserNorDataBinding() throws Exception {
    Path log = directory.resolve("classes.log");
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xlog:class+load:file=" + log,
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "serve",
                "--config",
                write("stor: {}\n").toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isEqualTo(78);
    assertThat(Files.readString(log))
        .contains("dev.tarn.server.config.ConfigurationLoader")
        .doesNotContain(" picocli.")
        .doesNotContain(" com.fasterxml.jackson.databind.");
  }

  private String serving(int registryPort) {
    return """
    registry: {listen: 127.0.0.1:%d}
    admin: {listen: 127.0.0.1:0}
    store: {path: %s}
    shutdown: {drainTimeout: 0s}
    """
        .formatted(registryPort, directory.resolve("store"));
  }

  private Path write(String yaml) throws IOException {
    return Files.writeString(directory.resolve("tarn.yaml"), yaml);
  }
}
