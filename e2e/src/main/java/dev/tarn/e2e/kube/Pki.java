package dev.tarn.e2e.kube;

import dev.tarn.e2e.process.Child;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The cluster's certificate authority and what it issues, and the keys that ServiceAccount tokens
 * are signed with; all by openssl. Blocks; safe for several threads.
 */
public final class Pki {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String DAYS = "30";

  private final Path directory;

  private Pki(Path directory) {
    this.directory = directory;
  }

  /** A certificate and its key, as PEM files. */
  public record Identity(Path certificate, Path key) {}

  static Pki create(Path directory) throws IOException {
    Pki pki = new Pki(directory);
    Files.createDirectories(directory);
    pki.openssl(
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-subj",
        "/CN=kubernetes",
        "-days",
        DAYS,
        "-keyout",
        "ca.key",
        "-out",
        "ca.crt",
        "-addext",
        "keyUsage=critical,digitalSignature,keyCertSign");
    pki.openssl("genrsa", "-out", "sa.key", "2048");
    pki.openssl("rsa", "-in", "sa.key", "-pubout", "-out", "sa.pub");
    return pki;
  }

  Identity authority() {
    return new Identity(directory.resolve("ca.crt"), directory.resolve("ca.key"));
  }

  /** The key that tokens are signed with; its certificate is the public key. */
  Identity serviceAccounts() {
    return new Identity(directory.resolve("sa.pub"), directory.resolve("sa.key"));
  }

  /**
   * Issues a certificate for both sides of a connection.
   *
   * @param group what Kubernetes takes for a user's group; may be empty
   * @param names as openssl writes them, such as {@code IP:127.0.0.1}
   */
  synchronized Identity issue(String user, String group, List<String> names) throws IOException {
    String file = user.replaceAll("[^a-z0-9-]", "-");
    Path extensions = directory.resolve(file + ".ext");
    Files.writeString(
        extensions,
        "extendedKeyUsage=serverAuth,clientAuth\n"
            + (names.isEmpty() ? "" : "subjectAltName=" + String.join(",", names) + "\n"));
    openssl(
        "req",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-subj",
        (group.isEmpty() ? "" : "/O=" + group) + "/CN=" + user,
        "-keyout",
        file + ".key",
        "-out",
        file + ".csr");
    openssl(
        "x509",
        "-req",
        "-in",
        file + ".csr",
        "-CA",
        "ca.crt",
        "-CAkey",
        "ca.key",
        "-CAcreateserial",
        "-days",
        DAYS,
        "-extfile",
        extensions.toString(),
        "-out",
        file + ".crt");
    return new Identity(directory.resolve(file + ".crt"), directory.resolve(file + ".key"));
  }

  private void openssl(String... words) {
    List<String> command = new java.util.ArrayList<>(List.of("openssl"));
    command.addAll(List.of(words));
    Child.run("openssl", directory, Map.of(), command, LIMIT).orFail();
  }
}
