package dev.tarn.server.logging;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * Logback for SLF4J, set up by {@link QuietConfigurator} at once. Logback's own provider gets there
 * too, by way of services, annotations and files that might be on the class path, which took some
 * 40 of the 340 ms of a start.
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
    new QuietConfigurator().configure(context);
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
