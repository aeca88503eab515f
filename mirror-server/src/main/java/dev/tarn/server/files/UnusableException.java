package dev.tarn.server.files;

import java.io.Serial;

/**
 * A file, a program or an answer that cannot be used. The message is made to be logged: it says
 * what is wrong and repeats nothing of what was read.
 */
public final class UnusableException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final String why;

  public UnusableException(String why) {
    // No cause: a parser's message quotes what it read.
    super(why);
    this.why = why;
  }

  public String why() {
    return why;
  }
}
