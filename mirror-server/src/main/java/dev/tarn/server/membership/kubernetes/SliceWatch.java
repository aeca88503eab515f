package dev.tarn.server.membership.kubernetes;

import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.List;

/**
 * One informer on the slices of one Service, with its client, which it owns. It lists from the API
 * server's cache, watches with bookmarks, lists anew where the API server no longer has the version
 * it knows, and goes on trying with back-off while there is no answer. Runs on the client's
 * threads.
 */
final class SliceWatch implements AutoCloseable {
  private static final String SERVICE_LABEL = "kubernetes.io/service-name";

  /** How often what is known is reported again, whether it changed or not. */
  private static final Duration RESYNC = Duration.ofMinutes(10);

  private final KubernetesClient client;
  private final SliceStore store = new SliceStore();
  private final SharedIndexInformer<EndpointSlice> informer;
  private final Listener listener;
  private volatile boolean closed;

  /** Hears on the client's threads; may block for a moment. */
  interface Listener {
    /** There may be other slices than before. */
    void changed();

    /** The API server did not answer, or refused; it is asked again. */
    void failed(Throwable cause);

    /** It is no longer asked. Not called after a close. */
    void ended();
  }

  SliceWatch(KubernetesClient client, String namespace, String service, Listener listener) {
    this.client = client;
    this.listener = listener;
    this.informer =
        client
            .resources(EndpointSlice.class, EndpointSliceList.class)
            .inNamespace(namespace)
            .withLabel(SERVICE_LABEL, service)
            .runnableInformer(RESYNC.toMillis())
            .removeNamespaceIndex()
            .itemStore(store)
            .addEventHandler(new Changes())
            .exceptionHandler(
                (_, cause) -> {
                  listener.failed(cause);
                  return true;
                });
  }

  /** Begins to list; returns at once. */
  void start() {
    informer.stopped().whenComplete((_, _) -> ended());
    informer
        .start()
        .whenComplete(
            (_, failure) -> {
              if (failure == null) {
                listener.changed();
              }
            });
  }

  private void ended() {
    if (!closed) {
      listener.ended();
    }
  }

  /** Whether all slices were listed once; before that, those known are a part. */
  boolean isComplete() {
    return informer.hasSynced();
  }

  List<Slice> slices() {
    return store.slices();
  }

  @Override
  public void close() {
    closed = true;
    informer.stop();
    client.close();
  }

  /** Tells that something changed, not what: the store knows. */
  private final class Changes implements ResourceEventHandler<EndpointSlice> {
    @Override
    public void onList(String resourceVersion, boolean remainedEmpty) {
      listener.changed();
    }

    @Override
    public void onAdd(EndpointSlice slice) {
      listener.changed();
    }

    @Override
    public void onUpdate(EndpointSlice before, EndpointSlice after) {
      listener.changed();
    }

    @Override
    public void onDelete(EndpointSlice slice, boolean finalStateUnknown) {
      listener.changed();
    }
  }
}
