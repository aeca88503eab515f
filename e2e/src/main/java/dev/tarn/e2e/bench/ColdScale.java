package dev.tarn.e2e.bench;

import java.util.Collections;
import java.util.List;

/**
 * How long and how large a benchmark of cold pulls is: whole, or quick to see whether it works.
 *
 * @param warmUps how many images Tarn fetches before anything is timed
 * @param layerBytes the layers of an image as they often are
 * @param manyLayerBytes the layers of an image with many small ones
 * @param firstBytes how many objects' first bytes are timed
 * @param lenience what a limit is widened by
 */
record ColdScale(
    int warmUps,
    int rounds,
    List<Long> layerBytes,
    List<Long> manyLayerBytes,
    int firstBytes,
    int firstByteWarmUps,
    double lenience) {
  static final long SMALL_LAYER_BYTES = 1_000_000;

  static ColdScale of(boolean quick) {
    return quick
        ? new ColdScale(
            4,
            2,
            List.of(16_000_000L, 8_000_000L, 4_000_000L, 2_000_000L),
            Collections.nCopies(12, SMALL_LAYER_BYTES),
            20,
            40,
            2)
        : new ColdScale(
            14,
            7,
            List.of(160_000_000L, 80_000_000L, 40_000_000L, 20_000_000L),
            Collections.nCopies(40, SMALL_LAYER_BYTES),
            60,
            300,
            1);
  }
}
