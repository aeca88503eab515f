package dev.tarn.server.net;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Whom a client believes: the authorities that the JDK believes, and others. Stateless. */
public final class TrustedAuthorities {
  private TrustedAuthorities() {}

  /** The JDK's, and those. */
  public static TrustManagerFactory with(List<? extends Certificate> added)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    int count = 0;
    for (X509Certificate known : system()) {
      store.setCertificateEntry("system-" + count++, known);
    }
    for (Certificate each : added) {
      store.setCertificateEntry("added-" + count++, each);
    }
    return factory(store);
  }

  private static List<X509Certificate> system() throws GeneralSecurityException {
    return Arrays.stream(factory(null).getTrustManagers())
        .filter(X509TrustManager.class::isInstance)
        .map(X509TrustManager.class::cast)
        .flatMap(manager -> Arrays.stream(manager.getAcceptedIssuers()))
        .toList();
  }

  private static TrustManagerFactory factory(@Nullable KeyStore store)
      throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory;
  }
}
