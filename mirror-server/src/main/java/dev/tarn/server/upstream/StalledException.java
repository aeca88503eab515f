package dev.tarn.server.upstream;

import java.io.Serial;

/** A body that made no progress within the stall time-out. */
public final class StalledException extends UpstreamException {
  @Serial private static final long serialVersionUID = 1;

  StalledException(String message) {
    super(UpstreamAnswer.Reason.TIMEOUT, message);
  }
}
