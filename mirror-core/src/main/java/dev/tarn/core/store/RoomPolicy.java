package dev.tarn.core.store;

/**
 * The arithmetic of room: how much the store may take, given the file system and its options. Pure.
 *
 * <p>The cache shrinks while less than {@code minFree} of the file system is free, but a reserve of
 * 2 % of the file system, at least 2 GiB, stays usable until only {@code reserveFree} is free:
 * nodes whose images alone fill the disk to 80 % still mirror what is being pulled.
 *
 * @param maxBytes the configured limit, {@link Long#MAX_VALUE} where there is none
 */
record RoomPolicy(long maxBytes, double minFree, double reserveFree) {
  static final double RESERVE_SHARE = 0.02;
  static final long MIN_RESERVE_BYTES = 2L << 30;

  /**
   * What the store may take.
   *
   * @param bytes complete and partial content together
   * @param squeezed whether free space leaves no more than the reserve, and less than configured
   */
  record Limit(long bytes, boolean squeezed) {}

  static RoomPolicy of(StoreOptions options) {
    return new RoomPolicy(
        options.maxBytes().orElse(Long.MAX_VALUE), options.minFree(), options.reserveFree());
  }

  /**
   * The limit that holds now.
   *
   * @param total the size of the file system
   * @param usable its free bytes
   * @param held the bytes that the store takes of it
   */
  Limit limit(long total, long usable, long held) {
    long reserve = Math.max(share(total, RESERVE_SHARE), MIN_RESERVE_BYTES);
    long aboveFloor = held + usable - floor(total);
    long aboveReserveFloor = held + usable - reserveFloor(total);
    long bySpace = Math.max(0, Math.max(aboveFloor, Math.min(reserve, aboveReserveFloor)));
    boolean squeezed = aboveFloor < reserve && bySpace < maxBytes;
    return new Limit(Math.min(maxBytes, bySpace), squeezed);
  }

  /** The free bytes below which the cache shrinks. */
  long floor(long total) {
    return share(total, minFree);
  }

  /** The free bytes that even a transfer in flight leaves alone. */
  long reserveFloor(long total) {
    return share(total, reserveFree);
  }

  private static long share(long total, double share) {
    return (long) (total * share);
  }
}
