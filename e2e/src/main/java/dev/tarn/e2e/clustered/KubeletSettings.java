package dev.tarn.e2e.clustered;

import dev.tarn.e2e.laptop.Machine;

/** soon */
final class KubeletSettings {
  private KubeletSettings() {}
  static void asShipped(Machine machine) throws Exception {
    throw new UnsupportedOperationException("soon");
  }
}
