package dev.tarn.core.store;

import java.time.Clock;
import java.util.concurrent.Executor;

/** The parts of one store, as its partial blobs need them. */
record StoreParts(
    StoreOptions options,
    StoreLayout layout,
    Disk disk,
    DiskFull diskFull,
    Clock clock,
    CompleteBlobs complete,
    PartialBlobs partials,
    RoomKeeper room,
    Executor background) {

  static StoreParts create(
      StoreOptions options,
      StoreLayout layout,
      Disk disk,
      Clock clock,
      FileSystemSpace space,
      Executor background) {
    CompleteBlobs complete = new CompleteBlobs(layout, disk, clock, background);
    PartialBlobs partials = new PartialBlobs(layout);
    RoomKeeper room = new RoomKeeper(RoomPolicy.of(options), space, clock, complete, partials);
    return new StoreParts(
        options, layout, disk, new DiskFull(space), clock, complete, partials, room, background);
  }
}
