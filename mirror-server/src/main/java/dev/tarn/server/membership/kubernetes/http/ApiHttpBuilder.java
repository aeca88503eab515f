package dev.tarn.server.membership.kubernetes.http;

import io.fabric8.kubernetes.client.http.StandardHttpClientBuilder;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;

/** Builds a client, or one that is derived from another and shares its fate. Not thread-safe. */
final class ApiHttpBuilder
    extends StandardHttpClientBuilder<ApiHttpClient, ApiHttpFactory, ApiHttpBuilder> {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofSeconds(20);

  private Duration answer = ANSWER;

  ApiHttpBuilder(ApiHttpFactory factory) {
    super(factory);
    connectTimeout = CONNECT;
  }

  /** What is not more than zero stays as it is. */
  void timeouts(Duration connecting, Duration answering) {
    if (connecting.isPositive()) {
      connectTimeout(connecting.toMillis(), TimeUnit.MILLISECONDS);
    }
    if (answering.isPositive()) {
      answer = answering;
    }
  }

  /** Nothing of it: the JDK's TLS would be loaded to make contexts that nobody uses. */
  @Override
  public ApiHttpBuilder sslContext(KeyManager[] keyManagers, TrustManager[] trustManagers) {
    return this;
  }

  @Override
  protected ApiHttpBuilder newInstance(ApiHttpFactory factory) {
    return new ApiHttpBuilder(factory);
  }

  @Override
  public ApiHttpClient build() {
    return client == null
        ? new ApiHttpClient(
            this,
            new AtomicBoolean(),
            clientFactory.connections(new ApiConnections.Timeouts(connectTimeout, answer)))
        : new ApiHttpClient(this, client.getClosed(), client.connections());
  }
}
