package dev.tarn.server.peer.tls;

import dev.tarn.server.net.TlsLibrary;
import dev.tarn.server.pki.Authority;
import dev.tarn.server.pki.Keys;
import dev.tarn.server.pki.Pem;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's certificate, key and authorities as of one moment, proven to work with each other: as
 * they were read, or issued by the authority that was read. Immutable.
 *
 * @param certificate what its own certificate says
 * @param renewAt when there is a next one to be had although no file changed
 * @param server for connections that others open
 * @param client for connections that this node opens
 */
record PeerIdentity(
    PeerCertificate certificate, Instant renewAt, SslContext server, SslContext client) {
  private static final Logger log = LoggerFactory.getLogger(PeerIdentity.class);
  private static final String[] PROTOCOLS = {"TLSv1.3"};

  /** The cheapest first; the JDK would begin with the second. */
  private static final List<String> CIPHERS =
      List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");

  /** A resumed session proves who proved it before; it is to be proven anew now and then. */
  private static final long SESSION_SECONDS = 3600;

  private static final int SESSIONS = 8192;

  /**
   * What a node shows of itself.
   *
   * @param renewAt {@link Instant#MAX} where only other files bring another one
   */
  private record Shown(PrivateKey key, List<X509Certificate> chain, Instant renewAt) {}

  /**
   * Reads the files, issues a certificate where they are an authority's, and tries the identity on
   * itself; blocks.
   *
   * @param node the node's name, for a certificate that is issued
   */
  static PeerIdentity load(IdentityFiles files, String node, Instant now, SecureRandom random)
      throws IOException, GeneralSecurityException {
    List<X509Certificate> chain = Pem.certificates(files.certificate());
    PrivateKey key = Pem.key(files.key());
    List<X509Certificate> authorities = valid(files.authority(), now);
    Shown shown =
        Authority.isOne(chain.getFirst())
            ? issued(files, chain, key, node, now, random)
            : given(files, chain, key);
    PeerCertificate certificate =
        PeerCertificate.of(shown.chain().getFirst())
            .orElseThrow(
                () ->
                    new GeneralSecurityException(
                        files.certificate() + " names no node, neither as DNS name nor as CN"));
    Instant renewAt = earliest(shown.renewAt(), authorities);
    OneKey keys = new OneKey(shown.key(), shown.chain());
    TrustManagerFactory trust = trust(authorities);
    try {
      return with(TlsLibrary.provider(), certificate, renewAt, keys, trust);
    } catch (GeneralSecurityException | SSLException e) {
      // BoringSSL knows fewer kinds of keys; where that is not it, the JDK fails too and says why.
      PeerIdentity usable = onTheJdk(files, certificate, renewAt, keys, trust);
      log.atWarn()
          .addKeyValue("library", "JDK")
          .addKeyValue("reason", String.valueOf(e.getMessage()))
          .log("peer_tls_not_native");
      return usable;
    }
  }

  private static PeerIdentity onTheJdk(
      IdentityFiles files,
      PeerCertificate certificate,
      Instant renewAt,
      OneKey keys,
      TrustManagerFactory trust)
      throws IOException, GeneralSecurityException {
    try {
      return with(SslProvider.JDK, certificate, renewAt, keys, trust);
    } catch (GeneralSecurityException e) {
      throw new GeneralSecurityException(
          files.certificate() + " with " + files.authority() + ": " + e.getMessage(), e);
    }
  }

  private static Shown given(IdentityFiles files, List<X509Certificate> chain, PrivateKey key)
      throws GeneralSecurityException {
    if (!Keys.belong(key, chain.getFirst().getPublicKey())) {
      throw notTheKey(files);
    }
    return new Shown(key, chain, Instant.MAX);
  }

  private static Shown issued(
      IdentityFiles files,
      List<X509Certificate> authorities,
      PrivateKey key,
      String node,
      Instant now,
      SecureRandom random)
      throws GeneralSecurityException {
    Authority authority = new Authority(authorities.getFirst(), key);
    Optional<String> hindrance = authority.hindrance(now);
    if (hindrance.isPresent()) {
      throw new GeneralSecurityException(files.certificate() + " " + hindrance.get());
    }
    try {
      OwnIssue own = OwnIssue.of(authority, node, now, random);
      List<X509Certificate> chain = new ArrayList<>(authorities);
      chain.addFirst(own.certificate());
      return new Shown(own.key(), chain, own.renewAt());
    } catch (Authority.WrongKeyException _) {
      throw notTheKey(files);
    }
  }

  private static GeneralSecurityException notTheKey(IdentityFiles files) {
    return new GeneralSecurityException(files.key() + " is not the key of " + files.certificate());
  }

  /** Those that have not ended: whom a node trusts is trusted without another look at its end. */
  private static List<X509Certificate> valid(Path file, Instant now)
      throws IOException, GeneralSecurityException {
    List<X509Certificate> valid =
        Pem.certificates(file).stream()
            .filter(authority -> now.isBefore(authority.getNotAfter().toInstant()))
            .toList();
    if (valid.isEmpty()) {
      throw new GeneralSecurityException("all certificates in " + file + " have expired");
    }
    return valid;
  }

  /** So that an authority is trusted no longer than it lasts. */
  private static Instant earliest(Instant renewAt, List<X509Certificate> authorities) {
    Instant earliest = renewAt;
    for (X509Certificate authority : authorities) {
      Instant end = authority.getNotAfter().toInstant();
      earliest = end.isBefore(earliest) ? end : earliest;
    }
    return earliest;
  }

  private static PeerIdentity with(
      SslProvider provider,
      PeerCertificate certificate,
      Instant renewAt,
      OneKey keys,
      TrustManagerFactory trust)
      throws IOException, GeneralSecurityException {
    SslContext server =
        builder(SslContextBuilder.forServer(keys), provider, trust)
            .clientAuth(ClientAuth.REQUIRE)
            .build();
    SslContext client =
        builder(SslContextBuilder.forClient().keyManager(keys), provider, trust)
            .endpointIdentificationAlgorithm("HTTPS")
            .build();
    SelfCheck.run(server, client);
    return new PeerIdentity(certificate, renewAt, server, client);
  }

  private static SslContextBuilder builder(
      SslContextBuilder builder, SslProvider provider, TrustManagerFactory trust) {
    return builder
        .sslProvider(provider)
        .protocols(PROTOCOLS)
        .ciphers(CIPHERS)
        .trustManager(trust)
        .sessionTimeout(SESSION_SECONDS)
        .sessionCacheSize(SESSIONS);
  }

  private static TrustManagerFactory trust(List<X509Certificate> authorities)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    for (int i = 0; i < authorities.size(); i++) {
      store.setCertificateEntry("authority-" + i, authorities.get(i));
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory;
  }
}
