package dev.tarn.server.mirror;

import java.util.concurrent.CompletableFuture;

/** One blob's way into the store. Runs on a virtual thread of its own, from beginning to end. */
interface Fetch extends Runnable {
  /** Completed when it is known whether it arrives, and that its first asker may have it. */
  CompletableFuture<Opened> opened();
}
