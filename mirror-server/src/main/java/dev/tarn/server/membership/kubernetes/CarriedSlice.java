package dev.tarn.server.membership.kubernetes;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;

/**
 * A slice in the shape that fabric8 moves about: name and version, which are all that it looks at,
 * and what is used of the slice. Not changed once it is made.
 */
final class CarriedSlice extends EndpointSlice {
  private static final long serialVersionUID = 1;

  private final transient Slice slice;

  CarriedSlice(Slice slice) {
    ObjectMeta metadata = new ObjectMeta();
    metadata.setName(slice.name());
    metadata.setResourceVersion(slice.resourceVersion());
    setMetadata(metadata);
    this.slice = slice;
  }

  Slice slice() {
    return slice;
  }

  /** One slice is another where they are the same object: nothing compares what they hold. */
  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
