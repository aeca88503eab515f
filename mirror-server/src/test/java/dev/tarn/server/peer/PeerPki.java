package dev.tarn.server.peer;

import dev.tarn.server.peer.tls.IdentityFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** An installation's authority and the nodes' certificates, made by the JDK's keytool. */
public final class PeerPki {
  private static final String PASSWORD = "changeit";

  private final Path directory;
  private final Path store;

  private PeerPki(Path directory) {
    this.directory = directory;
    this.store = directory.resolve("pki.p12");
  }

  /** A new authority. */
  public static PeerPki create() {
    try {
      PeerPki pki = new PeerPki(Files.createTempDirectory("tarn-pki"));
      pki.keytool(
          "-genkeypair",
          "-alias",
          "ca",
          "-keyalg",
          "EC",
          "-dname",
          "CN=authority",
          "-ext",
          "bc:c",
          "-validity",
          "2");
      pki.write("ca.pem", "CERTIFICATE", pki.load().getCertificate("ca").getEncoded());
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
    return issue(name, "CN=" + name, "dns:tarn-peer", "EC", "-validity", "2");
  }

  /** One that is no longer valid. */
  public IdentityFiles expired(String name) {
    return issue(name, "CN=" + name, "dns:tarn-peer", "EC", "-startdate", "-10d", "-validity", "5");
  }

  /** Whichever certificate. */
  public IdentityFiles issue(
      String alias, String subject, String names, String algorithm, String... validity) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-genkeypair",
                "-alias",
                alias,
                "-keyalg",
                algorithm,
                "-dname",
                subject,
                "-signer",
                "ca",
                "-ext",
                "san=" + names));
    if (algorithm.equals("EC")) {
      arguments.addAll(List.of("-groupname", "secp256r1"));
    }
    arguments.addAll(List.of(validity));
    try {
      keytool(arguments.toArray(String[]::new));
      KeyStore keys = load();
      Key key = keys.getKey(alias, PASSWORD.toCharArray());
      Path certificate =
          write(alias + ".pem", "CERTIFICATE", keys.getCertificate(alias).getEncoded());
      Path keyFile = write(alias + ".key", "PRIVATE KEY", key.getEncoded());
      return new IdentityFiles(certificate, keyFile, authority());
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
      KeyStore all = load();
      KeyStore one = KeyStore.getInstance("PKCS12");
      one.load(null, null);
      if (!alias.isEmpty()) {
        one.setKeyEntry(
            alias,
            all.getKey(alias, PASSWORD.toCharArray()),
            PASSWORD.toCharArray(),
            all.getCertificateChain(alias));
      }
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(one, PASSWORD.toCharArray());
      KeyStore authorities = KeyStore.getInstance("PKCS12");
      authorities.load(null, null);
      authorities.setCertificateEntry("ca", other.load().getCertificate("ca"));
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

  private KeyStore load() throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    return keys;
  }

  private Path write(String name, String label, byte[] content) throws IOException {
    Path file = directory.resolve(name);
    Files.writeString(file, pem(label, content));
    return file;
  }

  /** Text in PEM. */
  public static String pem(String label, byte[] content) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + Base64.getMimeEncoder().encodeToString(content)
        + "\n-----END "
        + label
        + "-----\n";
  }

  private void keytool(String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-J-XX:+UseSerialGC"));
    command.addAll(List.of(arguments));
    command.addAll(
        List.of("-storetype", "PKCS12", "-keystore", store.toString(), "-storepass", PASSWORD));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
