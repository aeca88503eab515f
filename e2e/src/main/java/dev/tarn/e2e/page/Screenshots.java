package dev.tarn.e2e.page;

import dev.tarn.e2e.check.CaseFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Pictures of the page, for the documentation. */
final class Screenshots {
  private static final int MAX_BYTES = 200_000;

  private final Path directory;

  /** Into this directory. */
  Screenshots(Path directory) {
    this.directory = directory;
  }

  /** Writes what is to be seen now. */
  void take(Browser browser, String name) throws IOException {
    byte[] png = browser.screenshot();
    if (png.length > MAX_BYTES) {
      throw new CaseFailed(name + " has " + png.length + " bytes");
    }
    Files.createDirectories(directory);
    Files.write(directory.resolve(name + ".png"), png);
  }
}
