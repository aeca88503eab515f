package dev.tarn.server.doctor;

/**
 * One thing that was looked at.
 *
 * @param code its name, which stays; the node's own findings have the same
 * @param subject whom it is about, such as a registry; may be empty
 * @param text what is so
 * @param seen how that is known; empty where the text says it
 * @param fix what to do; empty where nothing has to be done
 */
public record Finding(
    Severity severity, String code, String subject, String text, String seen, String fix) {
  static Finding fine(String code, String text) {
    return new Finding(Severity.FINE, code, "", text, "", "");
  }

  static Finding note(String code, String text, String seen) {
    return new Finding(Severity.NOTE, code, "", text, seen, "");
  }

  static Finding attention(String code, String text, String seen, String fix) {
    return new Finding(Severity.ATTENTION, code, "", text, seen, fix);
  }

  static Finding trouble(String code, String text, String seen, String fix) {
    return new Finding(Severity.TROUBLE, code, "", text, seen, fix);
  }

  Finding about(String whom) {
    return new Finding(severity, code, whom, text, seen, fix);
  }
}
