package dev.tarn.server.peer.tls;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.SSLException;

/** Why a peer's handshake came to nothing, or was not believed; a metric's label. */
public enum TlsTrouble {
  /** Its certificate is no longer valid. */
  EXPIRED,
  /** Its certificate is not valid yet; perhaps a clock is wrong. */
  NOT_YET_VALID,
  /** Its certificate was issued by nobody whom this node trusts, or is not for nodes. */
  FOREIGN,
  /** Its certificate is that of another node than the one that was meant. */
  OTHER_NODE,
  /** It refuses this node's certificate. */
  REFUSED_US,
  /** It does not speak TLS 1.3, or showed no certificate, or broke off. */
  FAILED;

  private static final int MAX_CAUSES = 16;

  /** The word for it in metrics and logs. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What a failed handshake was about. */
  public static TlsTrouble of(Throwable failure) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    TlsTrouble found = FAILED;
    Throwable cause = failure;
    while (cause != null && seen.size() < MAX_CAUSES && seen.add(cause)) {
      found = more(found, one(cause));
      cause = cause.getCause();
    }
    return found;
  }

  /** The deepest cause tells most, except that "no path" is said of everything. */
  private static TlsTrouble more(TlsTrouble before, TlsTrouble now) {
    return now == FAILED ? before : now;
  }

  private static TlsTrouble one(Throwable cause) {
    return switch (cause) {
      case CertificateExpiredException _ -> EXPIRED;
      case CertificateNotYetValidException _ -> NOT_YET_VALID;
      case CertPathValidatorException e
          when e.getReason() == CertPathValidatorException.BasicReason.EXPIRED ->
          EXPIRED;
      case CertPathValidatorException e
          when e.getReason() == CertPathValidatorException.BasicReason.NOT_YET_VALID ->
          NOT_YET_VALID;
      case CertPathValidatorException _, CertPathBuilderException _ -> FOREIGN;
      case CertificateException _ -> FOREIGN;
      case SSLException e when isAlert(e) -> REFUSED_US;
      default -> FAILED;
    };
  }

  /** There is no type for an alert that came, only words: the JDK's, and BoringSSL's. */
  private static boolean isAlert(SSLException failure) {
    String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
    return (message.contains("received fatal alert") || message.contains("_alert_"))
        && (message.contains("certificate") || message.contains("unknown_ca"));
  }
}
