package dev.tarn.server.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** All that Tarn logs while this is open, every level of it, before anything is taken out. */
public final class LogCapture implements AutoCloseable {
  /** A logger as it was before. */
  private record Tapped(Logger logger, @Nullable Level level, boolean additive) {}

  private final List<Tapped> loggers =
      Stream.of("dev.tarn", "tarn")
          .map(name -> (Logger) LoggerFactory.getLogger(name))
          .map(logger -> new Tapped(logger, logger.getLevel(), logger.isAdditive()))
          .toList();
  private final List<String> events = new CopyOnWriteArrayList<>();
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          events.add(
              event.getLevel()
                  + " "
                  + event.getFormattedMessage()
                  + " "
                  + event.getKeyValuePairs()
                  + (event.getThrowableProxy() == null
                      ? ""
                      : " " + ThrowableProxyUtil.asString(event.getThrowableProxy())));
        }
      };

  public LogCapture() {
    appender.start();
    for (Tapped tapped : loggers) {
      tapped.logger().setLevel(Level.TRACE);
      tapped.logger().setAdditive(false);
      tapped.logger().addAppender(appender);
    }
  }

  /** One string for each event: level, message, keys and values, stack trace. */
  public List<String> events() {
    return List.copyOf(events);
  }

  @Override
  public void close() {
    for (Tapped tapped : loggers) {
      tapped.logger().detachAppender(appender);
      tapped.logger().setAdditive(tapped.additive());
      tapped.logger().setLevel(tapped.level());
    }
  }
}
