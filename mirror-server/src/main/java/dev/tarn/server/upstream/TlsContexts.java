package dev.tarn.server.upstream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tarn.server.net.TlsLibrary;
import dev.tarn.server.upstream.UpstreamAnswer.Reason;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Optional;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * What TLS connections are trusted by: the system's authorities, and those of an origin beside
 * them. A file is read when it is first needed, and again after that failed; on any thread that may
 * block.
 */
final class TlsContexts {
  /** Some more than any configuration has; a text that changed leaves its old one behind. */
  private static final int MAX_CONTEXTS = 256;

  private final Cache<Optional<Authorities>, SslContext> contexts =
      Caffeine.newBuilder().maximumSize(MAX_CONTEXTS).build();

  SslContext forAuthorities(Optional<Authorities> added) throws UpstreamException {
    SslContext known = contexts.getIfPresent(added);
    if (known != null) {
      return known;
    }
    try {
      SslContext made = make(added);
      SslContext raced = contexts.asMap().putIfAbsent(added, made);
      return raced == null ? made : raced;
    } catch (IOException | GeneralSecurityException e) {
      throw new UpstreamException(
          Reason.TLS,
          "no certificate authorities from " + added.map(Authorities::toString).orElse("-"),
          e);
    }
  }

  private static SslContext make(Optional<Authorities> added)
      throws IOException, GeneralSecurityException {
    SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(TlsLibrary.provider());
    if (added.isPresent()) {
      builder.trustManager(withSystem(added.get()));
    }
    return builder.endpointIdentificationAlgorithm("HTTPS").build();
  }

  private static TrustManagerFactory withSystem(Authorities authorities)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    int count = 0;
    for (X509Certificate certificate : systemAuthorities()) {
      store.setCertificateEntry("system-" + count++, certificate);
    }
    for (Certificate certificate : authorities.certificates()) {
      store.setCertificateEntry("added-" + count++, certificate);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory;
  }

  private static Iterable<X509Certificate> systemAuthorities() throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);
    return Arrays.stream(factory.getTrustManagers())
        .filter(X509TrustManager.class::isInstance)
        .map(X509TrustManager.class::cast)
        .flatMap(manager -> Arrays.stream(manager.getAcceptedIssuers()))
        .toList();
  }
}
