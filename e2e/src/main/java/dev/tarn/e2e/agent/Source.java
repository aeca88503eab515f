package dev.tarn.e2e.agent;

/** Whom containerd came to for an image. */
enum Source {
  TARN("Tarn"),
  OPERATOR("operator's mirror"),
  SECURED("registry by TLS"),
  REGISTRY("registry");

  private final String title;

  Source(String title) {
    this.title = title;
  }

  @Override
  public String toString() {
    return title;
  }
}
