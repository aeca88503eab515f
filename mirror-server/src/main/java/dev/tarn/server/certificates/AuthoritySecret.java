package dev.tarn.server.certificates;

import dev.tarn.server.pki.Authority;
import dev.tarn.server.pki.Keys;
import dev.tarn.server.pki.Pem;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** How {@link Authorities} are written in a Secret. Pure. */
final class AuthoritySecret {
  /**
   * Who made it. Nothing names the release: Argo CD would take what has its label {@code
   * app.kubernetes.io/instance} for a part of the release that is in it no longer, and remove it.
   */
  static final Map<String, String> LABELS =
      Map.of(
          "app.kubernetes.io/managed-by", "tarn", "app.kubernetes.io/component", "peer-authority");

  /** What it holds, and in which form. */
  static final Map<String, String> ANNOTATIONS = Map.of("tarn.dev/peer-authority", "1");

  static final String TYPE = "kubernetes.io/tls";

  private static final String TRUSTED = "ca.crt";
  private static final String CERTIFICATE = "tls.crt";
  private static final String KEY = "tls.key";
  private static final String NEXT_CERTIFICATE = "next.crt";
  private static final String NEXT_KEY = "next.key";

  private AuthoritySecret() {}

  static Map<String, byte[]> write(Authorities authorities) throws GeneralSecurityException {
    StringBuilder trusted = new StringBuilder();
    for (X509Certificate each : authorities.trusted()) {
      trusted.append(Pem.text(each));
    }
    Map<String, byte[]> data = new TreeMap<>();
    data.put(TRUSTED, bytes(trusted.toString()));
    data.put(CERTIFICATE, bytes(Pem.text(authorities.signing().certificate())));
    data.put(KEY, bytes(Pem.text(authorities.signing().key())));
    if (authorities.next().isPresent()) {
      data.put(NEXT_CERTIFICATE, bytes(Pem.text(authorities.next().get().certificate())));
      data.put(NEXT_KEY, bytes(Pem.text(authorities.next().get().key())));
    }
    return data;
  }

  /**
   * Reads one that is Tarn's.
   *
   * @throws UnusableException where it is not, or where it holds something else than was written
   */
  static Authorities read(AuthorityStore.Stored stored) throws UnusableException {
    recognise(LABELS, "label", stored.labels());
    recognise(ANNOTATIONS, "annotation", stored.annotations());
    try {
      Map<String, byte[]> data = stored.data();
      List<X509Certificate> trusted = Pem.certificates(entry(data, TRUSTED), TRUSTED);
      Authority signing = authority(data, CERTIFICATE, KEY);
      boolean renewing = data.containsKey(NEXT_CERTIFICATE) || data.containsKey(NEXT_KEY);
      return new Authorities(
          trusted,
          signing,
          renewing ? Optional.of(authority(data, NEXT_CERTIFICATE, NEXT_KEY)) : Optional.empty());
    } catch (GeneralSecurityException e) {
      throw new UnusableException(String.valueOf(e.getMessage()));
    }
  }

  private static void recognise(
      Map<String, String> expected, String kind, Map<String, String> found)
      throws UnusableException {
    for (Map.Entry<String, String> each : expected.entrySet()) {
      if (!each.getValue().equals(found.get(each.getKey()))) {
        throw new UnusableException(
            "somebody else made it: it has no "
                + kind
                + " "
                + each.getKey()
                + "="
                + each.getValue());
      }
    }
  }

  private static Authority authority(Map<String, byte[]> data, String certificate, String key)
      throws GeneralSecurityException {
    Authority authority =
        new Authority(
            Pem.certificates(entry(data, certificate), certificate).getFirst(),
            Pem.key(entry(data, key), key));
    if (!Authority.isOne(authority.certificate())) {
      throw new GeneralSecurityException(certificate + " is not that of an authority");
    }
    if (!Keys.belong(authority.key(), authority.certificate().getPublicKey())) {
      throw new GeneralSecurityException(key + " is not the key of " + certificate);
    }
    return authority;
  }

  private static byte[] entry(Map<String, byte[]> data, String name)
      throws GeneralSecurityException {
    byte[] value = data.get(name);
    if (value == null) {
      throw new GeneralSecurityException("it has no " + name);
    }
    return value;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** It is to be left as it is; the message says why. */
  static final class UnusableException extends Exception {
    private static final long serialVersionUID = 1;

    UnusableException(String message) {
      super(message);
    }
  }
}
