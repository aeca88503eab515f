package dev.tarn.server.upstream;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collection;

/** Certificate authorities (PEM) that are trusted at an origin beside the system's. */
public sealed interface Authorities {

  /** Those in a file, which is read when they are first needed. */
  record InFile(Path file) implements Authorities {
    @Override
    public InputStream open() throws IOException {
      return Files.newInputStream(file);
    }

    @Override
    public String toString() {
      return file.toString();
    }
  }

  /** Those of a text. */
  record InText(String pem) implements Authorities {
    @Override
    public InputStream open() {
      return new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
      return "a text";
    }
  }

  /** Their PEM; the caller closes it. */
  InputStream open() throws IOException;

  /**
   * What it holds, at least one.
   *
   * @throws CertificateException where that is nothing, or something else
   */
  default Collection<? extends Certificate> certificates()
      throws IOException, CertificateException {
    Collection<? extends Certificate> found;
    try (InputStream in = open()) {
      found = CertificateFactory.getInstance("X.509").generateCertificates(in);
    }
    if (found.isEmpty()) {
      throw new CertificateException("no certificate in it");
    }
    return found;
  }
}
