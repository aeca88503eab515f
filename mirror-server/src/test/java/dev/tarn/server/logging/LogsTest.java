package dev.tarn.server.logging;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.server.config.Configuration;
import dev.tarn.server.config.LogFormat;
import dev.tarn.server.config.LogLevel;
import dev.tarn.server.metrics.Kind;
import dev.tarn.server.metrics.RequestOutcome;
import dev.tarn.server.mirror.Source;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

@Timeout(30)
class LogsTest {
  private static final Logger LOG = LoggerFactory.getLogger(LogsTest.class);
  private static final Logger LIBRARY = LoggerFactory.getLogger("io.netty.Something");

  private final ByteArrayOutputStream output = new ByteArrayOutputStream();

  @AfterEach
  void restore() {
    ch.qos.logback.classic.LoggerContext context =
        (ch.qos.logback.classic.LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    new QuietConfigurator().configure(context);
  }

  @Test
  void textIsOneLineWithKeysAndValues() {
    Logs logs = start(LogLevel.INFO, LogFormat.TEXT);
    LOG.atInfo()
        .setMessage("transfer ended")
        .addKeyValue("bytes", 12)
        .addKeyValue("why", "a \"b\"\nINFO forged")
        .addKeyValue("none", "")
        .log();
    logs.close();

    assertThat(lines()).hasSize(1);
    assertThat(lines().getFirst())
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z INFO  LogsTest .*")
        .endsWith(
            "LogsTest transfer ended bytes=12 why=\"a \\\"b\\\"\\u000aINFO forged\" none=\"\"");
  }

  @Test
  void textShowsCausesWithTheirFrames() {
    Logs logs = start(LogLevel.INFO, LogFormat.TEXT);
    LOG.atError()
        .setMessage("failed")
        .setCause(new IllegalStateException("outer\nforged", new IOException("inner")))
        .log();
    logs.close();

    assertThat(lines())
        .contains("  java.lang.IllegalStateException: outer\\u000aforged")
        .contains("  caused by java.io.IOException: inner")
        .anyMatch(line -> line.startsWith("    at dev.tarn.server.logging.LogsTest."));
  }

  @Test
  void jsonIsOneObjectALineWithTypedFields() throws IOException {
    Logs logs = start(LogLevel.INFO, LogFormat.JSON);
    LOG.atInfo()
        .setMessage("transfer ended")
        .addKeyValue("bytes", 12L)
        .addKeyValue("why", "a \"b\"\u0000\n")
        .log();
    LOG.atError().setMessage("failed").setCause(new IOException("Bearer aaaabbbbccccdddd")).log();
    logs.close();

    assertThat(lines()).hasSize(2);
    JsonNode first = new ObjectMapper().readTree(lines().getFirst());
    assertThat(first.get("level").asText()).isEqualTo("INFO");
    assertThat(first.get("formattedMessage").asText()).isEqualTo("transfer ended");
    assertThat(first.get("loggerName").asText()).isEqualTo(LogsTest.class.getName());
    assertThat(first.get("timestamp").isNumber()).isTrue();
    assertThat(first.get("fields").get("bytes").isNumber()).isTrue();
    assertThat(first.get("fields").get("why").asText()).isEqualTo("a \"b\"\u0000\n");
    JsonNode second = new ObjectMapper().readTree(lines().get(1));
    assertThat(second.get("throwable").get("message").asText()).isEqualTo("Bearer …");
  }

  @Test
  void theLevelIsOfTarnAndLibrariesOnlyWarn() {
    Logs logs = start(LogLevel.DEBUG, LogFormat.TEXT);
    LOG.debug("ours");
    LOG.trace("too fine");
    LIBRARY.info("theirs");
    LIBRARY.warn("their warning");
    logs.close();

    assertThat(lines())
        .hasSize(2)
        .anyMatch(line -> line.endsWith("ours"))
        .anyMatch(line -> line.endsWith("their warning"));
  }

  @Test
  void anAccessLineTellsEverythingAboutARequest() {
    Logs logs = start(LogLevel.INFO, LogFormat.TEXT);
    AccessLog access = new AccessLog();
    access.log(entry(RequestOutcome.MISS));
    access.log(entry(RequestOutcome.HIT));
    access.log(entry(RequestOutcome.CUT));
    assertThat(access.logs(RequestOutcome.HIT)).isFalse();
    logs.close();

    assertThat(lines()).hasSize(2);
    assertThat(lines().getFirst())
        .endsWith(
            "INFO  tarn.access request method=GET registry=quay.io repository=team/app"
                + " reference=v1 kind=manifest status=200 source=upstream outcome=miss bytes=1234"
                + " firstByteMs=3 totalMs=7 client=127.0.0.1");
    assertThat(lines().get(1)).contains("WARN  tarn.access").contains("outcome=cut");
  }

  @Test
  void nobodyWaitsForAnOutputThatIsNotRead() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    OutputStream stuck =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            try {
              release.await();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
          }
        };
    Logs logs = Logs.start(new Configuration.Logging(LogLevel.INFO, LogFormat.TEXT), stuck);
    for (int i = 0; i < 5000; i++) {
      LOG.info("event");
    }
    assertThat(logs.dropped()).isBetween(1L, 3000L);
    release.countDown();
    logs.close();
  }

  private Logs start(LogLevel level, LogFormat format) {
    return Logs.start(new Configuration.Logging(level, format), output);
  }

  private List<String> lines() {
    return output.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private static AccessEntry entry(RequestOutcome outcome) {
    return new AccessEntry(
        "GET",
        Kind.MANIFEST,
        new RegistryHost("quay.io"),
        new RepositoryName("team/app"),
        "v1",
        200,
        Source.UPSTREAM,
        outcome,
        1234,
        3_999_999,
        7_000_000,
        "127.0.0.1");
  }
}
