package dev.tarn.e2e.access;

/**
 * A repository of a registry, and how its objects are asked for at a mirror.
 *
 * @param registry as image references name it
 */
record Place(String registry, String repository) {
  static Place of(Scheme scheme, String repository) {
    return new Place(scheme.registry(), repository);
  }

  /** As containerd asks. */
  String manifest(String reference) {
    return object("manifests/" + reference);
  }

  /** As containerd asks. */
  String blob(String digest) {
    return object("blobs/" + digest);
  }

  /** The tags that there are. */
  String tags() {
    return object("tags/list");
  }

  private String object(String path) {
    return "/v2/" + repository + "/" + path + "?ns=" + registry;
  }

  /** As clients ask that know no {@code ns}. */
  String prefixed(String path) {
    return "/v2/" + registry + "/" + repository + "/" + path;
  }

  /** An image reference. */
  String reference(String tag) {
    return registry + "/" + repository + ":" + tag;
  }
}
