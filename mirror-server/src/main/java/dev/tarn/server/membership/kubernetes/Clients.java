package dev.tarn.server.membership.kubernetes;

import dev.tarn.server.membership.kubernetes.http.ApiHttpFactory;
import dev.tarn.server.net.Transport;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.impl.KubernetesClientImpl;
import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * Makes clients of the API server from what the pod has, and from nothing else: no kubeconfig, no
 * system properties, no proxy of the environment.
 */
final class Clients {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(20);

  /**
   * The informer itself tries again, with back-off; but with none here, nobody hears of failures.
   */
  private static final int RETRIES = 1;

  private static final int RECONNECT_FOR_EVER = -1;

  private Clients() {}

  /** Opens nothing yet: what is missing of the pod's files fails requests. */
  static KubernetesClient of(
      InCluster api,
      Transport transport,
      Executor executor,
      Duration reconnect,
      ApiContact contact) {
    Config config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl(api.url())
            .withOauthTokenProvider(api::currentToken)
            .withConnectionTimeout((int) CONNECT_TIMEOUT.toMillis())
            .withRequestTimeout((int) REQUEST_TIMEOUT.toMillis())
            .withRequestRetryBackoffLimit(RETRIES)
            .withRequestRetryBackoffInterval((int) reconnect.toMillis())
            .withWatchReconnectInterval((int) reconnect.toMillis())
            .withWatchReconnectLimit(RECONNECT_FOR_EVER)
            // A WebSocket would be one more protocol for the same events.
            .withOnlyHttpWatches(true)
            .build();
    // Not by the client's builder, which would load all of data binding to replace it.
    HttpClient http =
        new ApiHttpFactory(transport, executor, api.certificates())
            .newBuilder(config)
            .addOrReplaceInterceptor(ApiContact.NAME, contact)
            .build();
    return new KubernetesClientImpl(http, config, () -> executor, new SliceSerialization());
  }
}
