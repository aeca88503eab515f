package dev.tarn.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;

/**
 * The part of a JDK that Tarn uses, as {@code /opt/java}: that of the JDK which runs this, or, for
 * another platform, that of a JDK with {@code jmods}, of the same version but for updates.
 */
final class JavaRuntime {
  /** What jdeps names, and what only runs by name: elliptic curves are in java.base. */
  private static final String MODULES =
      "java.base,java.logging,java.management,java.naming,java.net.http,java.xml,jdk.httpserver,jdk.management,jdk.net,jdk.unsupported";


  private final Platform platform;
  private final Settings settings;

  JavaRuntime(Platform platform, Settings settings) {
    this.platform = platform;
    this.settings = settings;
  }

  void linkTo(Path root) throws IOException {
    Path runtime = root.resolve("opt/java");
    Files.createDirectories(runtime.getParent());
    List<String> options = new ArrayList<>();
    Path jdk = platform.isOurs() ? Path.of(System.getProperty("java.home")) : settings.path("jdk");
    if (!platform.isOurs()) {
      options.addAll(List.of("--module-path", jmods(jdk).toString()));
    } else if (!Files.isDirectory(jdk.resolve("jmods"))) {
      // Distributions put the machine's certificates into the JDK: without its jmods it would
      // refuse.
      options.add("--ignore-modified-runtime");
    }
    options.addAll(List.of("--add-modules", MODULES, "--output", runtime.toString()));
    options.addAll(List.of("--no-header-files", "--no-man-pages"));
    // Debian's jmods have them, 200 MB.
    options.add("--exclude-files=**.debuginfo");
    if (Files.exists(jdk.resolve(JavaRelease.FILE))) {
      // Who built it, and which build it is: of itself jlink says no more than 25.0.3.
      options.add("--release-info=" + jdk.resolve(JavaRelease.FILE));
    }
    int status =
        ToolProvider.findFirst("jlink")
            .orElseThrow()
            .run(System.out, System.err, options.toArray(String[]::new));
    if (status != 0) {
      throw new IOException("jlink failed: " + options);
    }
    compare(JavaRelease.of(runtime));
    trust(runtime.resolve("lib/security/cacerts"));
  }

  /** jlink itself insists on the first two numbers of the version. */
  private void compare(JavaRelease linked) {
    String ours = System.getProperty("java.runtime.version");
    if (!linked.isOf(ours)) {
      System.err.printf(
          "warning: the runtime for %s is %s, that of the JDK which builds is %s%n",
          platform.architecture(), linked.version(), ours);
    }
  }

  private Path jmods(Path jdk) throws IOException {
    Path jmods = jdk.resolve("jmods");
    if (!Files.isDirectory(jmods)) {
      throw new IOException(
          "no jmods of a JDK for "
              + platform.architecture()
              + " in "
              + jmods
              + ": set image.arm64.jdk");
    }
    return jmods;
  }

  /**
   * Whom the runtime trusts: what the named directory has, not what this machine was told to trust
   * besides. Without that directory it is the JDK's own.
   */
  private void trust(Path store) throws IOException {
    Path directory = settings.path("certificates");
    if (!Files.isDirectory(directory)) {
      System.out.println("certificates: the JDK's, for there is no " + directory);
      return;
    }
    // Without a password there is no salt, and two builds make the same file.
    System.setProperty("keystore.pkcs12.certProtectionAlgorithm", "NONE");
    System.setProperty("keystore.pkcs12.macAlgorithm", "NONE");
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      for (Path file : Tree.files(directory, ".crt")) {
        try (InputStream in = Files.newInputStream(file)) {
          Certificate certificate = factory.generateCertificate(in);
          trusted.setCertificateEntry(file.getFileName().toString(), certificate);
        }
      }
      Files.delete(store);
      try (OutputStream out = Files.newOutputStream(store)) {
        trusted.store(out, new char[0]);
      }
      System.out.println("certificates: " + trusted.size() + " of " + directory);
    } catch (GeneralSecurityException e) {
      throw new IOException("the certificates in " + directory, e);
    }
  }
}
