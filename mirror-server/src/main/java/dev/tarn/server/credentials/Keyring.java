package dev.tarn.server.credentials;

import dev.tarn.server.upstream.Credential;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Credentials by the images that they are for. Immutable. */
final class Keyring {
  static final Keyring EMPTY = new Keyring(List.of());

  private final List<Key> keys;

  /** A credential, and what it is for. */
  record Key(ImagePattern pattern, Credential credential) {}

  private Keyring(List<Key> keys) {
    this.keys = keys;
  }

  /** These keys; of two with the same pattern the earlier counts. */
  static Keyring of(List<Key> keys) {
    List<Key> sorted = new ArrayList<>(keys);
    sorted.sort(Comparator.comparing(Key::pattern));
    return new Keyring(List.copyOf(sorted));
  }

  /** All of these, the earlier ones first. */
  static Keyring union(List<Keyring> keyrings) {
    return keyrings.size() == 1
        ? keyrings.getFirst()
        : of(keyrings.stream().flatMap(keyring -> keyring.keys.stream()).toList());
  }

  /** The credential whose pattern fits the image best. */
  Optional<Credential> find(ImageName image) {
    for (Key key : keys) {
      if (key.pattern().matches(image)) {
        return Optional.of(key.credential());
      }
    }
    return Optional.empty();
  }

  int size() {
    return keys.size();
  }

  @Override
  public String toString() {
    return keys.size() + " credentials";
  }
}
