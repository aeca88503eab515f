package dev.tarn.server.upstream;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.List;

/** Certificate authorities (PEM) that are trusted beside the system's. */
public sealed interface Authorities {

  /** Those in a file, which is read when they are first needed. */
  record InFile(Path file) implements Authorities {
    @Override
    public InputStream open() throws IOException {
      return Files.newInputStream(file);
    }

    @Override
    public List<Object> state() throws IOException {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return List.of(
          attributes.lastModifiedTime(), attributes.size(), String.valueOf(attributes.fileKey()));
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
    public List<Object> state() {
      return List.of();
    }

    @Override
    public String toString() {
      return "a text";
    }
  }

  /** Their PEM; the caller closes it. */
  InputStream open() throws IOException;

  /** Changes whenever they do, also behind symbolic links. */
  List<Object> state() throws IOException;

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
