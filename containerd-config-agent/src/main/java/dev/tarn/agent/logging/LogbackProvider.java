package dev.tarn.agent.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * Logback for SLF4J, which writes warnings to standard error until {@link Logs} is started.
 * Logback's own provider gets there too, by way of services, annotations and files that might be on
 * the class path, which takes time and memory.
 */
public final class LogbackProvider implements SLF4JServiceProvider {
  private static final String API_VERSION = "2.0.99"; // Any 2.0, as SLF4J wants it written.

  private final LoggerContext context = new LoggerContext();
  private final IMarkerFactory markers = new BasicMarkerFactory();
  private final LogbackMDCAdapter diagnostics = new LogbackMDCAdapter();

  /** Makes SLF4J take this one; to be called before the first logger is made. */
  public static void select() {
    System.setProperty("slf4j.provider", LogbackProvider.class.getName());
    System.setProperty("slf4j.internal.verbosity", "WARN"); // Else it says that it did.
  }

  @Override
  public void initialize() {
    context.setName("default");
    context.setMDCAdapter(diagnostics);
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(Logs.appender(context, new TextEncoder(), System.err));
    context.start();
  }

  @Override
  public ILoggerFactory getLoggerFactory() {
    return context;
  }

  @Override
  public IMarkerFactory getMarkerFactory() {
    return markers;
  }

  @Override
  public MDCAdapter getMDCAdapter() {
    return diagnostics;
  }

  @Override
  public String getRequestedApiVersion() {
    return API_VERSION;
  }
}
