package dev.tarn.server.credentials;

import java.io.Serial;

/**
 * A file, a plugin or an answer that cannot be used. The message is made to be logged: it says what
 * is wrong and repeats nothing of what was read.
 */
final class UnusableException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final String why;

  UnusableException(String why) {
    // No cause: a parser's message quotes what it read.
    super(why);
    this.why = why;
  }

  String why() {
    return why;
  }
}
