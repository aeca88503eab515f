package dev.tarn.server.admin;

/** Tells always the same. */
record FixedOverview(String status) implements Overview {
  @Override
  public String cluster() {
    return "{\"total\":1}\n";
  }

  @Override
  public String transfers(boolean names) {
    return "{\"names\":" + names + "}\n";
  }

  @Override
  public String images() {
    return "{\"images\":[]}\n";
  }
}
