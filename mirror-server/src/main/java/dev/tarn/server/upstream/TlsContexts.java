package dev.tarn.server.upstream;

import dev.tarn.server.net.TlsLibrary;
import dev.tarn.server.upstream.UpstreamAnswer.Reason;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * What TLS connections are trusted by: the system's authorities, and those of a file beside them. A
 * file is read when it is first needed, and again after that failed; on any thread that may block.
 */
final class TlsContexts {
  private final Map<Optional<Path>, SslContext> contexts = new ConcurrentHashMap<>();

  SslContext forAuthorities(Optional<Path> file) throws UpstreamException {
    SslContext known = contexts.get(file);
    if (known != null) {
      return known;
    }
    try {
      SslContext made = make(file);
      SslContext raced = contexts.putIfAbsent(file, made);
      return raced == null ? made : raced;
    } catch (IOException | GeneralSecurityException e) {
      throw new UpstreamException(
          Reason.TLS, "no certificate authorities from " + file.map(Path::toString).orElse("-"), e);
    }
  }

  private static SslContext make(Optional<Path> file) throws IOException, GeneralSecurityException {
    SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(TlsLibrary.provider());
    if (file.isPresent()) {
      builder.trustManager(withSystem(file.get()));
    }
    return builder.endpointIdentificationAlgorithm("HTTPS").build();
  }

  private static TrustManagerFactory withSystem(Path file)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    int count = 0;
    for (X509Certificate certificate : systemAuthorities()) {
      store.setCertificateEntry("system-" + count++, certificate);
    }
    Collection<? extends Certificate> added;
    try (InputStream in = Files.newInputStream(file)) {
      added = CertificateFactory.getInstance("X.509").generateCertificates(in);
    }
    if (added.isEmpty()) {
      throw new GeneralSecurityException("no certificate in it");
    }
    for (Certificate certificate : added) {
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
