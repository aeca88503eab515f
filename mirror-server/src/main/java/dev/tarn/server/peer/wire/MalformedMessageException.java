package dev.tarn.server.peer.wire;

import java.io.IOException;

/** A message that no version of the protocol has. It carries no data of the message. */
public final class MalformedMessageException extends IOException {
  private static final long serialVersionUID = 1;

  MalformedMessageException(String what) {
    super(what);
  }

  MalformedMessageException(String what, Throwable cause) {
    super(what, cause);
  }
}
