package dev.tarn.server.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The key and certificate of the demo's upstream. Everybody has the key, so nobody else is to trust
 * the certificate.
 */
final class UpstreamIdentity {
  private static final String RESOURCE = "upstream.p12";
  private static final String ALIAS = "upstream";
  private static final char[] PASSWORD = "demo-only".toCharArray();

  private final KeyStore store;

  private UpstreamIdentity(KeyStore store) {
    this.store = store;
  }

  static UpstreamIdentity load() throws IOException {
    try (@Nullable InputStream resource = UpstreamIdentity.class.getResourceAsStream(RESOURCE)) {
      if (resource == null) {
        throw new IOException(RESOURCE + " is missing from this build");
      }
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(resource, PASSWORD);
      return new UpstreamIdentity(store);
    } catch (GeneralSecurityException e) {
      throw new IOException(RESOURCE + " cannot be read", e);
    }
  }

  SSLContext sslContext() throws IOException {
    try {
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, PASSWORD);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("no TLS for the demo's upstream", e);
    }
  }

  /** Writes the certificate, for the configuration's {@code ca}. */
  void writeCertificate(Path file) throws IOException {
    try {
      Certificate certificate = store.getCertificate(ALIAS);
      String text = Base64.getMimeEncoder().encodeToString(certificate.getEncoded());
      Files.writeString(
          file, "-----BEGIN CERTIFICATE-----\n" + text + "\n-----END CERTIFICATE-----\n");
    } catch (GeneralSecurityException e) {
      throw new IOException("the certificate of the demo's upstream cannot be written", e);
    }
  }
}
