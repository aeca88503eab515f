package dev.tarn.server.membership.kubernetes.http;

import dev.tarn.server.net.Transport;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.utils.HttpClientUtils;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * Makes HTTP clients of the API server. Any thread; blocks nobody.
 *
 * <p>Of a configuration it takes what a pod has use for: time-outs, and who asks. It knows no
 * proxy, no redirect, no client certificate; certificates are checked by the authorities given
 * here.
 */
public final class ApiHttpFactory implements HttpClient.Factory {
  private final Transport transport;
  private final Executor executor;
  private final Authorities authorities;

  /**
   * Opens nothing.
   *
   * @param executor for what may block; the clients' callbacks come on it
   * @param certificates of the authorities to trust, and no others; where empty, the platform's
   */
  public ApiHttpFactory(Transport transport, Executor executor, Optional<Path> certificates) {
    this.transport = transport;
    this.executor = executor;
    this.authorities = new Authorities(certificates);
  }

  @Override
  public HttpClient.Builder newBuilder() {
    return new ApiHttpBuilder(this);
  }

  /** Not as fabric8 does it, which would read the platform's authorities beside those given. */
  @Override
  public HttpClient.Builder newBuilder(Config config) {
    ApiHttpBuilder builder = new ApiHttpBuilder(this);
    builder.tag(config.getRequestConfig());
    builder.timeouts(
        Duration.ofMillis(config.getConnectionTimeout()),
        Duration.ofMillis(config.getRequestTimeout()));
    HttpClientUtils.createApplicableInterceptors(config, this)
        .forEach(builder::addOrReplaceInterceptor);
    return builder;
  }

  ApiConnections connections(ApiConnections.Timeouts timeouts) {
    return new ApiConnections(transport, executor, authorities, timeouts);
  }
}
