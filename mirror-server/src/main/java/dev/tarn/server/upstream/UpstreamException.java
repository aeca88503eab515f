package dev.tarn.server.upstream;

import dev.tarn.server.upstream.UpstreamAnswer.Reason;
import java.io.IOException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** An exchange with a server that failed. The message is safe to log and to pass on. */
public class UpstreamException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  private final Reason reason;
  private final String detail;

  UpstreamException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.detail = message;
  }

  UpstreamException(Reason reason, String message) {
    this(reason, message, null);
  }

  /** The message, which is always there. */
  public String detail() {
    return detail;
  }

  public Reason reason() {
    return reason;
  }
}
