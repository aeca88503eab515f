package dev.tarn.server.membership.kubernetes;

import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the informer remembers: slices reduced to what is used. Written by one thread at a time,
 * read by any.
 */
final class SliceStore implements ItemStore<EndpointSlice> {
  private final ConcurrentHashMap<String, Slice> slices = new ConcurrentHashMap<>();

  List<Slice> slices() {
    return List.copyOf(slices.values());
  }

  @Override
  public String getKey(EndpointSlice slice) {
    return slice.getMetadata().getName();
  }

  @Override
  public @Nullable EndpointSlice put(String key, EndpointSlice slice) {
    return shown(slices.put(key, reduced(slice)));
  }

  @Override
  public @Nullable EndpointSlice remove(String key) {
    return shown(slices.remove(key));
  }

  @Override
  public Stream<String> keySet() {
    return slices.keySet().stream();
  }

  @Override
  public Stream<EndpointSlice> values() {
    return slices.values().stream().map(CarriedSlice::new);
  }

  @Override
  public int size() {
    return slices.size();
  }

  @Override
  public @Nullable EndpointSlice get(String key) {
    return shown(slices.get(key));
  }

  /** Says that what is shown is not the whole, so that the informer hands none of it on later. */
  @Override
  public boolean isFullState() {
    return false;
  }

  private static @Nullable EndpointSlice shown(@Nullable Slice slice) {
    return slice == null ? null : new CarriedSlice(slice);
  }

  private static Slice reduced(EndpointSlice slice) {
    if (slice instanceof CarriedSlice carried) {
      return carried.slice();
    }
    throw new IllegalArgumentException("read by someone else: " + slice.getClass());
  }
}
