package dev.tarn.server.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The keys and certificates of the demo's upstream and of its three nodes, all of one authority.
 * Everybody has the keys, so nobody else is to trust that authority. Immutable.
 */
final class DemoIdentities {
  /** As {@link #writeTo} names the authority's certificate. */
  static final String AUTHORITY_FILE = "ca.pem";

  private static final String RESOURCE = "identities.p12";
  private static final String AUTHORITY = "authority";
  private static final String UPSTREAM = "upstream";
  private static final char[] PASSWORD = "demo-only".toCharArray();

  private final KeyStore store;

  private DemoIdentities(KeyStore store) {
    this.store = store;
  }

  static DemoIdentities load() throws IOException {
    try (@Nullable InputStream resource = DemoIdentities.class.getResourceAsStream(RESOURCE)) {
      if (resource == null) {
        throw new IOException(RESOURCE + " is missing from this build");
      }
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(resource, PASSWORD);
      return new DemoIdentities(store);
    } catch (GeneralSecurityException e) {
      throw new IOException(RESOURCE + " cannot be read", e);
    }
  }

  /** What the upstream, or an API server, at 127.0.0.1 identifies itself with. */
  SSLContext upstream() throws IOException {
    try {
      KeyStore own = KeyStore.getInstance("PKCS12");
      own.load(null, PASSWORD);
      own.setKeyEntry(
          UPSTREAM,
          store.getKey(UPSTREAM, PASSWORD),
          PASSWORD,
          store.getCertificateChain(UPSTREAM));
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(own, PASSWORD);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("no TLS for the demo's upstream", e);
    }
  }

  /** Writes the authority's certificate, for the configuration's {@code ca}. */
  void writeAuthority(Path file) throws IOException {
    try {
      Files.writeString(file, pem("CERTIFICATE", store.getCertificate(AUTHORITY).getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IOException("the demo's authority cannot be written", e);
    }
  }

  /**
   * Writes the files that {@link #tlsOf} names.
   *
   * @param node {@code node-1} to {@code node-3}
   */
  void writeTo(Path directory, String node) throws IOException {
    writeAuthority(directory.resolve(AUTHORITY_FILE));
    try {
      Certificate certificate = store.getCertificate(node);
      Key key = store.getKey(node, PASSWORD);
      Files.writeString(
          directory.resolve(node + ".pem"), pem("CERTIFICATE", certificate.getEncoded()));
      Files.writeString(directory.resolve(node + ".key"), pem("PRIVATE KEY", key.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IOException("the identity of " + node + " cannot be written", e);
    }
  }

  /** The value of {@code peers.tls} in a node's configuration. */
  static String tlsOf(Path directory, String node) {
    return "{certificate: %s, key: %s, ca: %s}"
        .formatted(
            directory.resolve(node + ".pem"),
            directory.resolve(node + ".key"),
            directory.resolve(AUTHORITY_FILE));
  }

  private static String pem(String what, byte[] encoded) {
    String text = Base64.getMimeEncoder().encodeToString(encoded);
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(what, text, what);
  }
}
