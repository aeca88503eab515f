package dev.tarn.server.membership.kubernetes;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.impl.KubernetesClientImpl;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * The API server, for a command that asks a few times and ends: by the JDK's own HTTP client, and
 * each request once, as commands try again themselves, where they say so.
 */
public final class CommandClient {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  private CommandClient() {}

  /** Data binding without what it binds times by, of which nothing here has any. */
  private static final class PlainSerialization extends KubernetesSerialization {
    PlainSerialization() {
      super(new ObjectMapper(), false);
    }

    @Override
    protected void configureMapper(ObjectMapper mapper) {
      mapper.configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);
      mapper.setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL);
    }
  }

  /** Connects to nobody yet. */
  public static KubernetesClient of(InCluster api, Duration requestTimeout, Executor executor) {
    ConfigBuilder config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl(api.url())
            .withOauthTokenProvider(api::currentToken)
            .withConnectionTimeout((int) CONNECT_TIMEOUT.toMillis())
            .withRequestTimeout((int) requestTimeout.toMillis())
            .withRequestRetryBackoffLimit(0);
    api.certificates().ifPresent(file -> config.withCaCertFile(file.toString()));
    Config built = config.build();
    return new KubernetesClientImpl(
        new JdkHttpClientFactory().newBuilder(built).build(),
        built,
        () -> executor,
        new PlainSerialization());
  }
}
