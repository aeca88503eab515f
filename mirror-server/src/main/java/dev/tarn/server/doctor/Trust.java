package dev.tarn.server.doctor;

import dev.tarn.server.net.TrustedAuthorities;
import dev.tarn.server.pki.Pem;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;

/** TLS that believes authorities of files beside those that the JDK believes. Stateless. */
final class Trust {
  private Trust() {}

  static SSLSocketFactory with(List<Path> files) throws IOException, GeneralSecurityException {
    List<X509Certificate> added = new ArrayList<>();
    for (Path file : files) {
      added.addAll(Pem.certificates(file));
    }
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, TrustedAuthorities.with(added).getTrustManagers(), null);
    return context.getSocketFactory();
  }
}
