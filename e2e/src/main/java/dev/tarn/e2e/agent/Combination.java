package dev.tarn.e2e.agent;

/** A node of a kind: what containerd it has, how that is configured, and what stood there. */
record Combination(Release release, Setting setting, Existing existing, boolean discards) {
  /** One root, and nothing there. */
  static Combination plain(Release release) {
    return new Combination(release, Setting.ONE_ROOT, Existing.NONE, false);
  }

  String title() {
    return "%s, %s, hosts.toml: %s, discard %s"
        .formatted(release, setting, existing, discards ? "on" : "off");
  }
}
