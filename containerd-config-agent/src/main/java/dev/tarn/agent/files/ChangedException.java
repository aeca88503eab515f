package dev.tarn.agent.files;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.Path;

/** Somebody changed a file between our look at it and our change: look again. */
public final class ChangedException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  public ChangedException(Path file) {
    super(file + " was changed by somebody else meanwhile");
  }
}
