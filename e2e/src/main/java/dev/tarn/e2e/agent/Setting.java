package dev.tarn.e2e.agent;

/** What containerd is told of registries, and how it is told. */
enum Setting {
  EMPTY("config_path empty", Roots.NONE, ""),
  ONE_ROOT("one root", Roots.ONE, ""),
  TWO_ROOTS("two roots", Roots.TWO, ""),
  COLON("one root and a colon", Roots.ONE_AND_COLON, ""),
  LEGACY_MIRRORS("legacy mirrors", Roots.NONE, ""),
  DROP_IN("one root by drop-in", Roots.ONE, ""),
  LOCAL_PULL("two roots, use_local_image_pull", Roots.TWO, "use_local_image_pull = true"),
  DOWNLOADS("two roots, max_concurrent_downloads", Roots.TWO, "max_concurrent_downloads = 4"),
  ANNOTATIONS("two roots, snapshot annotations", Roots.TWO, "disable_snapshot_annotations = false"),
  SYNC_FS("two roots, image_pull_with_sync_fs", Roots.TWO, "image_pull_with_sync_fs = true"),
  CREDENTIALS("two roots, legacy auth", Roots.TWO, "");

  /** How many directories config_path names. */
  enum Roots {
    NONE,
    ONE,
    /** One, but as a list. */
    ONE_AND_COLON,
    TWO
  }

  private final String title;
  private final Roots roots;
  private final String option;

  Setting(String title, Roots roots, String option) {
    this.title = title;
    this.roots = roots;
    this.option = option;
  }

  Roots roots() {
    return roots;
  }

  /** Whether pulls do not go by the transfer service with it, where there is one. */
  boolean forcesLocalPull() {
    return !option.isEmpty() || this == CREDENTIALS;
  }

  /** A line of the table that says how images are pulled, or nothing. */
  String option() {
    return option;
  }

  @Override
  public String toString() {
    return title;
  }
}
