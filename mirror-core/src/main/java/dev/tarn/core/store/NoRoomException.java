package dev.tarn.core.store;

import java.io.IOException;

/** The disk has no room left for content that is arriving. */
public final class NoRoomException extends IOException {
  private static final long serialVersionUID = 1L;

  public NoRoomException(String message) {
    super(message);
  }
}
