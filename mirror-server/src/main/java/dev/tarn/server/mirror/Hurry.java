package dev.tarn.server.mirror;

import dev.tarn.core.transfer.TransferReader;

/** What can bring some bytes of an arriving blob before their turn. Thread-safe, never blocks. */
interface Hurry {
  /** A reader has been waiting at {@code offset} for a while. */
  void fetchAhead(TransferReader reader, long offset);
}
