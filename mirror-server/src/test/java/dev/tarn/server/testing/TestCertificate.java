package dev.tarn.server.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.UUID;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A self-signed certificate, made when a test asks for it.
 *
 * @param server for a server that has the key
 * @param pem the certificate, for clients that are to trust it
 */
public record TestCertificate(SSLContext server, Path pem) {
  private static final char[] PASSWORD = "changeit".toCharArray();

  /**
   * Makes one.
   *
   * @param directory where its files go
   * @param names {@code dns:…} and {@code ip:…}, with commas
   */
  public static TestCertificate make(Path directory, String names)
      throws IOException, GeneralSecurityException {
    Certificates.Identity identity = Certificates.selfSigned("CN=test", names, false);
    Path pem = directory.resolve(UUID.randomUUID() + ".pem");
    Files.writeString(pem, Certificates.pem("CERTIFICATE", identity.certificate().getEncoded()));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(identity.store("test", PASSWORD, null), PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    return new TestCertificate(context, pem);
  }
}
