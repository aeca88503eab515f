package dev.tarn.server.certificates;

import dev.tarn.server.membership.kubernetes.CommandClient;
import dev.tarn.server.membership.kubernetes.InCluster;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The Secret in Kubernetes. It belongs to a Service, where one is named: with it, it is taken away.
 * Whoever writes says what they read, so that of two one is told.
 */
final class KubernetesSecret implements AuthorityStore {
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(20);
  private static final int CONFLICT = HttpURLConnection.HTTP_CONFLICT;
  private static final int GONE = HttpURLConnection.HTTP_NOT_FOUND;
  private static final String SERVICE = "Service";

  private final KubernetesClient client;
  private final String namespace;
  private final String name;
  private final Optional<String> ownerService;

  private @Nullable Secret last;

  /**
   * Opens nothing yet.
   *
   * @param ownerService the name of the Service that it is to belong to
   */
  KubernetesSecret(
      InCluster api,
      String namespace,
      String name,
      Optional<String> ownerService,
      Executor executor) {
    this.client = CommandClient.of(api, REQUEST_TIMEOUT, executor);
    this.namespace = namespace;
    this.name = name;
    this.ownerService = ownerService;
  }

  @Override
  public Optional<Stored> read() throws IOException {
    last = asked("read it", () -> secret().get());
    if (last == null) {
      return Optional.empty();
    }
    Map<String, byte[]> data = new TreeMap<>();
    given(last.getData()).forEach((key, value) -> data.put(key, Base64.getDecoder().decode(value)));
    ObjectMeta metadata = last.getMetadata();
    return Optional.of(
        new Stored(given(metadata.getLabels()), given(metadata.getAnnotations()), data));
  }

  private static Map<String, String> given(@Nullable Map<String, String> map) {
    return map == null ? Map.of() : map;
  }

  @Override
  public boolean create(Map<String, byte[]> data) throws IOException {
    SecretBuilder made =
        new SecretBuilder()
            .withNewMetadata()
            .withNamespace(namespace)
            .withName(name)
            .withLabels(AuthoritySecret.LABELS)
            .withAnnotations(AuthoritySecret.ANNOTATIONS)
            .withOwnerReferences(owner().stream().toList())
            .endMetadata()
            .withType(AuthoritySecret.TYPE)
            .withData(encoded(data));
    return written("make it", List.of(CONFLICT), () -> client.resource(made.build()).create());
  }

  @Override
  public boolean update(Map<String, byte[]> data) throws IOException {
    Secret read = found();
    SecretBuilder changed =
        new SecretBuilder(read)
            .withData(encoded(data))
            .editMetadata()
            .withOwnerReferences(owners(read))
            .endMetadata();
    // With the version that was read: it is refused where there is another one by now.
    return written(
        "write it", List.of(CONFLICT, GONE), () -> client.resource(changed.build()).update());
  }

  @Override
  public boolean isOwned() throws IOException {
    Secret read = found();
    return read.getMetadata().getOwnerReferences().equals(owners(read));
  }

  private Secret found() {
    if (last == null) {
      throw new IllegalStateException("it was not there");
    }
    return last;
  }

  /** Those that there are, with the Service as it is now in place of one that was there before. */
  private List<OwnerReference> owners(Secret read) throws IOException {
    List<OwnerReference> owners = new ArrayList<>();
    Optional<OwnerReference> now = owner();
    for (OwnerReference each : read.getMetadata().getOwnerReferences()) {
      boolean same =
          now.isPresent()
              && each.getKind().equals(SERVICE)
              && each.getName().equals(now.get().getName());
      owners.add(same && !each.getUid().equals(now.get().getUid()) ? now.get() : each);
    }
    return owners;
  }

  private Optional<OwnerReference> owner() throws IOException {
    if (ownerService.isEmpty()) {
      return Optional.empty();
    }
    String wanted = ownerService.get();
    Service service =
        asked(
            "find the Service " + wanted,
            () -> client.services().inNamespace(namespace).withName(wanted).get());
    if (service == null) {
      throw new IOException("there is no Service " + wanted + " yet");
    }
    return Optional.of(
        new OwnerReferenceBuilder()
            .withApiVersion("v1")
            .withKind(SERVICE)
            .withName(wanted)
            .withUid(service.getMetadata().getUid())
            .build());
  }

  private Resource<Secret> secret() {
    return client.secrets().inNamespace(namespace).withName(name);
  }

  private static Map<String, String> encoded(Map<String, byte[]> data) {
    Map<String, String> encoded = new TreeMap<>();
    data.forEach((key, value) -> encoded.put(key, Base64.getEncoder().encodeToString(value)));
    return encoded;
  }

  private static boolean written(String what, List<Integer> tooLate, Runnable request)
      throws IOException {
    try {
      request.run();
      return true;
    } catch (KubernetesClientException e) {
      if (tooLate.contains(e.getCode())) {
        return false;
      }
      throw failed(what, e);
    }
  }

  private static <T> @Nullable T asked(String what, Supplier<@Nullable T> request)
      throws IOException {
    try {
      return request.get();
    } catch (KubernetesClientException e) {
      throw failed(what, e);
    }
  }

  /** A status' message names no secret; what is below it may be anything. */
  private static IOException failed(String what, KubernetesClientException failure) {
    String message =
        failure.getStatus() != null && failure.getStatus().getMessage() != null
            ? failure.getCode() + ", " + failure.getStatus().getMessage()
            : "no answer, " + below(failure);
    return new IOException("could not " + what + ": " + message, failure);
  }

  /** The first cause that is not the client's own. */
  private static String below(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof KubernetesClientException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.toString();
  }

  @Override
  public void close() {
    client.close();
  }
}
