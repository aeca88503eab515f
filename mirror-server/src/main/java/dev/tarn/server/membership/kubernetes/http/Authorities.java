package dev.tarn.server.membership.kubernetes.http;

import dev.tarn.server.net.TlsLibrary;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the API server's certificate is checked by: its chain by the authorities of a file and no
 * others, its names by the host that was asked. The file is read for each connection, since a
 * cluster may change its authority while this node runs. Thread-safe; blocks.
 */
final class Authorities {
  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
  private static final int MAX_FILE_BYTES = 1 << 20;

  private final Optional<Path> file;

  // Guarded by this.
  private byte[] read = {};
  private @Nullable SslContext context;

  /**
   * Reads nothing yet.
   *
   * @param file of certificates; where empty, the platform's are trusted
   */
  Authorities(Optional<Path> file) {
    this.file = file;
  }

  /** For a connection that is opened now. */
  synchronized SslContext context() throws IOException {
    try {
      byte[] now = file.isPresent() ? bytes(file.get()) : read;
      SslContext made = context;
      if (made == null || !Arrays.equals(now, read)) {
        made = make(now);
        context = made;
        read = now;
      }
      return made;
    } catch (IOException | GeneralSecurityException e) {
      throw new IOException("no certificate authorities from " + file.orElse(Path.of("-")), e);
    }
  }

  private static byte[] bytes(Path file) throws IOException {
    if (Files.size(file) > MAX_FILE_BYTES) {
      throw new IOException("more than " + MAX_FILE_BYTES + " bytes");
    }
    return Files.readAllBytes(file);
  }

  private SslContext make(byte[] pem) throws IOException, GeneralSecurityException {
    SslContextBuilder builder =
        SslContextBuilder.forClient()
            .sslProvider(TlsLibrary.provider())
            .protocols(PROTOCOLS)
            .endpointIdentificationAlgorithm("HTTPS");
    if (file.isPresent()) {
      builder.trustManager(certificates(pem));
    }
    return builder.build();
  }

  private static List<X509Certificate> certificates(byte[] pem) throws GeneralSecurityException {
    List<X509Certificate> certificates =
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(pem))
            .stream()
            .map(X509Certificate.class::cast)
            .toList();
    if (certificates.isEmpty()) {
      throw new GeneralSecurityException("no certificate in it");
    }
    return certificates;
  }
}
