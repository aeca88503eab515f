package dev.tarn.agent.hosts;

import java.io.Serial;

/** Somebody is to be asked in a way that the mirror cannot. */
final class Untranslatable extends Exception {
  @Serial private static final long serialVersionUID = 1;

  Untranslatable(String why) {
    super(why, null, false, false);
  }

  String why() {
    return String.valueOf(getMessage());
  }
}
