package dev.tarn.e2e.cluster;

import dev.tarn.e2e.run.Need;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/**
 * The installation's certificate authority, and what it issues by way of openssl; blocks, on one
 * thread at a time.
 */
public final class Certificates {
  /** The DNS name that every node's certificate has besides the node's own. */
  private static final String EVERY_NODE = "tarn-peer";

  private static final Duration AUTHORITY_LIFE = Duration.ofDays(30);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

  private final Path directory;
  private final Path config;

  private Certificates(Path directory) {
    this.directory = directory;
    this.config = directory.resolve("openssl.cnf");
  }

  public static Need need() {
    return Need.debian("openssl", "openssl");
  }

  /** Makes an authority whose files are in the directory. */
  public static Certificates create(Path directory) throws IOException {
    Certificates authority = new Certificates(directory);
    Files.createDirectories(directory.resolve("issued"));
    Files.writeString(directory.resolve("index"), "");
    Files.writeString(directory.resolve("serial"), "1000\n");
    Files.writeString(authority.config, configuration(directory, List.of("DNS:authority")));
    Shell.run(
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-config",
        authority.config.toString(),
        "-extensions",
        "authority",
        "-subj",
        "/CN=authority",
        "-days",
        Long.toString(AUTHORITY_LIFE.toDays()),
        "-keyout",
        directory.resolve("ca.key").toString(),
        "-out",
        authority.authority().toString());
    return authority;
  }

  private static String configuration(Path directory, List<String> names) {
    return """
    [ca]
    default_ca = here
    [here]
    dir = %1$s
    database = %1$s/index
    serial = %1$s/serial
    new_certs_dir = %1$s/issued
    certificate = %1$s/ca.pem
    private_key = %1$s/ca.key
    default_md = sha256
    policy = any
    unique_subject = no
    x509_extensions = node
    [any]
    commonName = supplied
    [req]
    distinguished_name = any_name
    [any_name]
    [authority]
    basicConstraints = critical, CA:true
    keyUsage = critical, keyCertSign, cRLSign
    subjectKeyIdentifier = hash
    [node]
    basicConstraints = CA:false
    keyUsage = critical, digitalSignature
    extendedKeyUsage = serverAuth, clientAuth
    subjectAltName = %2$s
    """
        .formatted(directory, String.join(",", names));
  }

  public Path authority() {
    return directory.resolve("ca.pem");
  }

  /**
   * A certificate, its key and the authority's certificate.
   *
   * @param certificate a PEM file, as the others are
   */
  public record Identity(Path certificate, Path key, Path authority) {}

  /** When a certificate counts. */
  public record Validity(Instant from, Instant until) {
    /** From yesterday to tomorrow and a while more, so that clocks may be wrong. */
    public static Validity now() {
      Instant now = Instant.now();
      return new Validity(now.minus(Duration.ofDays(5)), now.plus(Duration.ofDays(5)));
    }

    /** Over since an hour. */
    public static Validity over() {
      Instant now = Instant.now();
      return new Validity(now.minus(Duration.ofDays(5)), now.minus(Duration.ofHours(1)));
    }
  }

  /** Writes a node's files, or replaces them, each at once. */
  public Identity issueFor(String node, Path into, Validity validity) throws IOException {
    return issue(List.of("DNS:" + EVERY_NODE, "DNS:" + node), node, into, validity);
  }

  /** Writes the files of a server with these names, such as {@code IP:10.0.0.1}. */
  public Identity issue(List<String> names, String called, Path into, Validity validity)
      throws IOException {
    Files.createDirectories(into);
    Files.writeString(config, configuration(directory, names));
    Path key = directory.resolve("new.key");
    Path request = directory.resolve("new.csr");
    Path certificate = directory.resolve("new.pem");
    Shell.run(
        "openssl",
        "req",
        "-new",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-config",
        config.toString(),
        "-subj",
        "/CN=" + called,
        "-keyout",
        key.toString(),
        "-out",
        request.toString());
    Shell.run(
        "openssl",
        "ca",
        "-batch",
        "-notext",
        "-config",
        config.toString(),
        "-startdate",
        TIME.format(validity.from()),
        "-enddate",
        TIME.format(validity.until()),
        "-in",
        request.toString(),
        "-out",
        certificate.toString());
    Identity identity =
        new Identity(into.resolve("tls.crt"), into.resolve("tls.key"), into.resolve("ca.crt"));
    Path copy = Files.copy(authority(), directory.resolve("new.ca"));
    move(key, identity.key());
    move(certificate, identity.certificate());
    move(copy, identity.authority());
    return identity;
  }

  private static void move(Path from, Path to) throws IOException {
    // Within one file system or not: what is read is the old file or the new one.
    Path beside = to.resolveSibling(to.getFileName() + ".new");
    Files.move(from, beside, StandardCopyOption.REPLACE_EXISTING);
    Files.move(beside, to, StandardCopyOption.ATOMIC_MOVE);
  }
}
