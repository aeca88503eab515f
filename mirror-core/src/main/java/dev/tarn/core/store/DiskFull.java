package dev.tarn.core.store;

import java.io.IOException;
import java.util.List;

/** Tells a full disk from a broken one. Thread-safe. */
final class DiskFull {
  /** Less than this free, and a failed write is taken to have failed for it. */
  static final long FULL_BELOW_BYTES = 1L << 20;

  /** How {@code strerror} spells ENOSPC, EDQUOT and EFBIG in the C locale. */
  private static final List<String> MESSAGES =
      List.of("No space left on device", "Disk quota exceeded", "File too large");

  private final FileSystemSpace space;

  DiskFull(FileSystemSpace space) {
    this.space = space;
  }

  /** The failure, as {@link NoRoomException} where the disk is full. */
  IOException orNoRoom(IOException failure) {
    if (failure instanceof NoRoomException || !isNoRoom(failure)) {
      return failure;
    }
    NoRoomException noRoom = new NoRoomException("the disk is full");
    noRoom.initCause(failure);
    return noRoom;
  }

  /** Whether the failure means that the disk is full. */
  boolean isNoRoom(IOException failure) {
    String message = String.valueOf(failure.getMessage());
    return failure instanceof NoRoomException
        || MESSAGES.stream().anyMatch(message::contains)
        || space.usableBytes() < FULL_BELOW_BYTES;
  }
}
