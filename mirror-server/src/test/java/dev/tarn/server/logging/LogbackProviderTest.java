package dev.tarn.server.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

class LogbackProviderTest {

  @Test
  void isQuietAndUsableAtOnce() {
    LogbackProvider provider = new LogbackProvider();
    provider.initialize();
    LoggerContext context = (LoggerContext) provider.getLoggerFactory();
    Logger logger = context.getLogger("io.netty.Something");

    provider.getMDCAdapter().put("key", "value");

    assertThat(logger.isWarnEnabled()).isTrue();
    assertThat(logger.isInfoEnabled()).isFalse();
    assertThat(context.getLogger(Logger.ROOT_LOGGER_NAME).getLevel()).isEqualTo(Level.WARN);
    assertThat(context.isStarted()).isTrue();
    assertThat(context.getMDCAdapter()).isSameAs(provider.getMDCAdapter());
    assertThat(provider.getMDCAdapter().get("key")).isEqualTo("value");
    assertThat(provider.getMarkerFactory().getMarker("mark")).isNotNull();
    context.stop();
  }
}
