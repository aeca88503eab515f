package dev.tarn.server.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import dev.tarn.server.config.Configuration;
import dev.tarn.server.config.LogLevel;
import java.io.OutputStream;
import org.slf4j.LoggerFactory;

/**
 * The logging of a process that serves, from start to close. Started once, on the main thread;
 * closed last, because what is logged afterwards is lost.
 */
public final class Logs implements AutoCloseable {
  private static final String[] OWN_LOGGERS = {"dev.tarn", "tarn"};

  private final LoggerContext context;
  private final CountingAsyncAppender appender;

  private Logs(LoggerContext context, CountingAsyncAppender appender) {
    this.context = context;
    this.appender = appender;
  }

  /**
   * Sends events of Tarn at the configured level, and warnings of libraries, to {@code output},
   * which is borrowed.
   */
  public static Logs start(Configuration.Logging configuration, OutputStream output) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    context.start();
    Encoder<ILoggingEvent> encoder =
        switch (configuration.format()) {
          case TEXT -> new TextEncoder();
          case JSON -> new EventJsonEncoder();
        };
    CountingAsyncAppender appender = new CountingAsyncAppender();
    appender.setContext(context);
    appender.setName("async");
    appender.addAppender(appender(context, encoder, output));
    appender.start();
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(configuration.level() == LogLevel.ERROR ? Level.ERROR : Level.WARN);
    root.addAppender(appender);
    for (String name : OWN_LOGGERS) {
      context.getLogger(name).setLevel(level(configuration.level()));
    }
    return new Logs(context, appender);
  }

  /** How many events were dropped because nobody read the output. */
  public long dropped() {
    return appender.dropped();
  }

  /** Writes what was logged, for a second at most, and ends. */
  @Override
  public void close() {
    context.stop();
  }

  static OutputStreamAppender<ILoggingEvent> appender(
      LoggerContext context, Encoder<ILoggingEvent> encoder, OutputStream output) {
    encoder.setContext(context);
    encoder.start();
    OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
    appender.setContext(context);
    appender.setName("output");
    appender.setEncoder(encoder);
    appender.setOutputStream(new Borrowed(output));
    appender.start();
    return appender;
  }

  private static Level level(LogLevel level) {
    return switch (level) {
      case TRACE -> Level.TRACE;
      case DEBUG -> Level.DEBUG;
      case INFO -> Level.INFO;
      case WARN -> Level.WARN;
      case ERROR -> Level.ERROR;
    };
  }
}
