package dev.tarn.server.peer;

import dev.tarn.server.peer.tls.IdentityFiles;
import dev.tarn.server.testing.Certificates;
import dev.tarn.server.testing.Certificates.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** An installation's authority and the nodes' certificates. */
public final class PeerPki {
  private static final char[] PASSWORD = "changeit".toCharArray();

  private final Path directory;
  private final Identity authority;
  private final Map<String, Identity> issued = new ConcurrentHashMap<>();

  private PeerPki(Path directory, Identity authority) {
    this.directory = directory;
    this.authority = authority;
  }

  /** A new authority. */
  public static PeerPki create() {
    try {
      PeerPki pki =
          new PeerPki(
              Files.createTempDirectory("tarn-pki"),
              Certificates.selfSigned("CN=authority", "", true));
      pki.write("ca.pem", "CERTIFICATE", pki.authority.certificate().getEncoded());
      return pki;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  public Path authority() {
    return directory.resolve("ca.pem");
  }

  /** A certificate of a node by its common name, with the name that all nodes have. */
  public IdentityFiles node(String name) {
    return issue(name, "CN=" + name, "dns:tarn-peer", "EC", 2);
  }

  /** One that is no longer valid. */
  public IdentityFiles expired(String name) {
    Instant past = Instant.now().minus(Duration.ofDays(10));
    return issue(name, "CN=" + name, "dns:tarn-peer", "EC", past, past.plus(Duration.ofDays(5)));
  }

  /** Whichever certificate, from now on for some days. */
  public IdentityFiles issue(
      String alias, String subject, String names, String algorithm, int days) {
    Instant now = Instant.now();
    return issue(alias, subject, names, algorithm, now, now.plus(Duration.ofDays(days)));
  }

  private IdentityFiles issue(
      String alias, String subject, String names, String algorithm, Instant from, Instant until) {
    try {
      Identity identity = Certificates.issue(authority, subject, names, algorithm, from, until);
      issued.put(alias, identity);
      Path certificate = write(alias + ".pem", "CERTIFICATE", identity.certificate().getEncoded());
      Path key = write(alias + ".key", "PRIVATE KEY", identity.key().getEncoded());
      return new IdentityFiles(certificate, key, authority());
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A context with a node's key that trusts everybody this authority vouches for. */
  public SSLContext context(String alias) {
    return contextTrusting(alias, this);
  }

  /** A context with a node's key, or none, that trusts everybody another authority vouches for. */
  public SSLContext contextTrusting(String alias, PeerPki other) {
    try {
      KeyStore one = KeyStore.getInstance("PKCS12");
      one.load(null, null);
      Identity identity = issued.get(alias);
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(identity == null ? one : identity.store(alias, PASSWORD, authority), PASSWORD);
      KeyStore authorities = KeyStore.getInstance("PKCS12");
      authorities.load(null, null);
      authorities.setCertificateEntry("ca", other.authority.certificate());
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(authorities);
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private Path write(String name, String label, byte[] content) throws IOException {
    Path file = directory.resolve(name);
    Files.writeString(file, pem(label, content));
    return file;
  }

  /** Text in PEM. */
  public static String pem(String label, byte[] content) {
    return Certificates.pem(label, content);
  }
}
