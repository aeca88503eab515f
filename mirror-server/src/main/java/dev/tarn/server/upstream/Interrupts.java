package dev.tarn.server.upstream;

import dev.tarn.server.upstream.UpstreamAnswer.Reason;

/** Turns the interrupt of a waiting thread into the failure of what it waited for. */
final class Interrupts {
  private Interrupts() {}

  static UpstreamException restored(InterruptedException interrupt) {
    Thread.currentThread().interrupt();
    return new UpstreamException(Reason.BROKEN, "interrupted", interrupt);
  }
}
