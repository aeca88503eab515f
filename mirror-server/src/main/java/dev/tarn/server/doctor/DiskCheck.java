package dev.tarn.server.doctor;

import dev.tarn.core.store.FileSystemSpace;
import dev.tarn.server.config.Configuration;
import dev.tarn.server.console.Figures;
import dev.tarn.server.console.Quantity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Whether there is room where the cache is. */
final class DiskCheck {
  private static final String DISK = "disk";

  private final Scene scene;
  private final List<Finding> findings;

  DiskCheck(Scene scene, List<Finding> findings) {
    this.scene = scene;
    this.findings = findings;
  }

  void run(Optional<Figures> figures) {
    Configuration.Store store = scene.configuration().store();
    Path path = store.path();
    if (!Files.isDirectory(path)) {
      findings.add(
          figures.isPresent()
              ? Finding.note(
                  DISK, "The cache's directory cannot be seen from here.", path.toString())
              : Finding.trouble(
                  DISK,
                  "The cache's directory " + path + " does not exist, or may not be looked at.",
                  "It is what store.path names.",
                  "Make it, and give it to the user that the node runs as; or name another as"
                      + " store.path."));
      return;
    }
    FileSystemSpace space = scene.space().apply(path);
    long total = space.totalBytes();
    long free = space.usableBytes();
    String seen =
        path
            + ": "
            + Quantity.bytes(free)
            + " of "
            + Quantity.bytes(total)
            + " are free; store.reserveFree is "
            + store.reserveFree()
            + ", store.minFree "
            + store.minFree()
            + ".";
    if (total <= 0) {
      findings.add(
          Finding.trouble(
              "disk-full",
              "The file system does not tell its size, so nothing is kept.",
              path.toString(),
              "Put store.path on a file system that does."));
    } else if (free < store.reserveFree().of(total)) {
      findings.add(
          Finding.trouble(
              "disk-full",
              "The disk is full: what comes is passed on and not kept.",
              seen,
              "Free space on that file system, by removing what is not Tarn's: the cache shrinks by"
                  + " itself."));
    } else if (free < store.minFree().of(total)) {
      findings.add(
          Finding.attention(
              "disk-squeezed",
              "Free space sets the cache's limit, not store.maxSize.",
              seen,
              "Free space on that file system, or give the cache one of its own."));
    } else {
      findings.add(
          Finding.fine(
              DISK,
              Quantity.bytes(free)
                  + " of "
                  + Quantity.bytes(total)
                  + " are free at "
                  + path
                  + "."));
    }
    corrupt(figures);
  }

  private void corrupt(Optional<Figures> figures) {
    double blobs =
        figures.map(page -> page.sum("tarn_store_corrupt_blobs_total").orElse(0)).orElse(0.0);
    if (blobs > 0) {
      findings.add(
          Finding.attention(
              "corrupt-blobs",
              "Bytes on this node's disk changed by themselves.",
              "tarn_store_corrupt_blobs_total is " + (long) blobs + "; they were given up.",
              "Have the disk looked at (dmesg, smartctl) before it takes more."));
    }
  }
}
