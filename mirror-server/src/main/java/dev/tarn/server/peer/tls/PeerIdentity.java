package dev.tarn.server.peer.tls;

import dev.tarn.server.net.TlsLibrary;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's certificate, key and authorities as they were read at one moment, proven to work with
 * each other. Immutable.
 *
 * @param certificate what its own certificate says
 * @param server for connections that others open
 * @param client for connections that this node opens
 */
record PeerIdentity(PeerCertificate certificate, SslContext server, SslContext client) {
  private static final Logger log = LoggerFactory.getLogger(PeerIdentity.class);
  private static final String[] PROTOCOLS = {"TLSv1.3"};

  /** The cheapest first; the JDK would begin with the second. */
  private static final List<String> CIPHERS =
      List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");

  /** A resumed session proves who proved it before; it is to be proven anew now and then. */
  private static final long SESSION_SECONDS = 3600;

  private static final int SESSIONS = 8192;

  /** Reads the files and tries the identity on itself; blocks. */
  static PeerIdentity load(IdentityFiles files) throws IOException, GeneralSecurityException {
    List<X509Certificate> chain = Pem.certificates(files.certificate());
    PrivateKey key = Pem.key(files.key());
    X509Certificate own = chain.getFirst();
    if (!belong(key, own.getPublicKey())) {
      throw new GeneralSecurityException(files.key() + " is not the key of " + files.certificate());
    }
    PeerCertificate certificate =
        PeerCertificate.of(own)
            .orElseThrow(
                () ->
                    new GeneralSecurityException(
                        files.certificate() + " names no node, neither as DNS name nor as CN"));
    OneKey keys = new OneKey(key, chain);
    TrustManagerFactory trust = trust(Pem.certificates(files.authority()));
    try {
      return with(TlsLibrary.provider(), certificate, keys, trust);
    } catch (GeneralSecurityException | SSLException e) {
      // BoringSSL knows fewer kinds of keys; where that is not it, the JDK fails too and says why.
      PeerIdentity usable = with(SslProvider.JDK, certificate, keys, trust);
      log.atWarn()
          .addKeyValue("library", "JDK")
          .addKeyValue("reason", String.valueOf(e.getMessage()))
          .log("peer_tls_not_native");
      return usable;
    }
  }

  private static PeerIdentity with(
      SslProvider provider, PeerCertificate certificate, OneKey keys, TrustManagerFactory trust)
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
    return new PeerIdentity(certificate, server, client);
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

  private static boolean belong(PrivateKey key, PublicKey known) throws GeneralSecurityException {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "EC" -> "SHA256withECDSA";
          case "RSA" -> "SHA256withRSA";
          default -> "EdDSA";
        };
    byte[] text = {1, 2, 3};
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(key);
    signature.update(text);
    byte[] signed = signature.sign();
    try {
      signature.initVerify(known);
      signature.update(text);
      return signature.verify(signed);
    } catch (GeneralSecurityException _) {
      return false; // The keys are not even of one algorithm.
    }
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
