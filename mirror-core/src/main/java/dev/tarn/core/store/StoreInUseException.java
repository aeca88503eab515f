package dev.tarn.core.store;

import java.io.IOException;
import java.nio.file.Path;

/** Another process already uses the store's directory. */
public final class StoreInUseException extends IOException {
  private static final long serialVersionUID = 1L;

  StoreInUseException(Path root) {
    super("another process uses the store at " + root + "; each needs a directory of its own");
  }
}
