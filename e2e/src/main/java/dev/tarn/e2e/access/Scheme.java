package dev.tarn.e2e.access;

/** How a registry wants to be shown who asks, and the name of the one that wants it so. */
enum Scheme {
  BASIC("basic.test"),
  TOKEN("token.test");

  private final String registry;

  Scheme(String registry) {
    this.registry = registry;
  }

  /** As image references name it; nobody but Tarn and containerd's files resolves it. */
  String registry() {
    return registry;
  }
}
