package dev.tarn.agent.logging;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import dev.tarn.agent.config.Configuration;
import dev.tarn.agent.config.LogFormat;
import dev.tarn.agent.config.LogLevel;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The logging of an agent that runs, from start to close. A thread of its own writes, so that the
 * entries are taken back in time even if nobody reads standard output: events are dropped then.
 */
public final class Logs implements AutoCloseable {
  private static final int QUEUE_EVENTS = 256;
  private static final int MAX_FLUSH_MILLIS = 1000;
  private static final String[] OWN_LOGGERS = {"dev.tarn", "tarn"};

  private final LoggerContext context;

  private Logs(LoggerContext context) {
    this.context = context;
  }

  /** Sends our events to {@code output}, which is borrowed, and warnings of libraries. */
  public static Logs start(Configuration.Logging configuration, OutputStream output) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    context.start();
    Encoder<ILoggingEvent> encoder =
        configuration.format() == LogFormat.JSON ? new EventJsonEncoder() : new TextEncoder();
    AsyncAppender appender = new AsyncAppender();
    appender.setContext(context);
    appender.setName("async");
    appender.setQueueSize(QUEUE_EVENTS);
    appender.setDiscardingThreshold(0);
    appender.setNeverBlock(true);
    appender.setMaxFlushTime(MAX_FLUSH_MILLIS);
    appender.addAppender(appender(context, encoder, output));
    appender.start();
    Level level = level(configuration.level());
    var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(level == Level.ERROR ? Level.ERROR : Level.WARN);
    root.addAppender(appender);
    for (String name : OWN_LOGGERS) {
      context.getLogger(name).setLevel(level);
    }
    return new Logs(context);
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

  /** A stream whose end is flushed, not closed: standard output is not Logback's to close. */
  private static final class Borrowed extends FilterOutputStream {
    Borrowed(OutputStream stream) {
      super(stream);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }
}
