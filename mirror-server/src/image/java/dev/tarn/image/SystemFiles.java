package dev.tarn.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The base of an image that is built on none: the C library of a Debian system, and the files that
 * it reads. What {@code ldd} names for the JVM, for Netty's libraries and for BoringSSL is all in
 * the one package; there is nothing to run but the loader.
 */
final class SystemFiles {
  private static final List<String> LIBRARIES =
      List.of("libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1");

  private static final String PACKAGE = "libc6";

  private static final String PASSWD =
      """
      root:x:0:0:root:/:/sbin/nologin
      nonroot:x:65532:65532:nonroot:/:/sbin/nologin
      """;

  private static final String GROUP =
      """
      root:x:0:
      nonroot:x:65532:
      """;

  private final Platform platform;
  private final Path system;

  /**
   * @param system the root of the Debian system, of this platform, that the files are taken from
   */
  SystemFiles(Platform platform, Path system) {
    this.platform = platform;
    this.system = system;
  }

  void copyTo(Path root) throws IOException {
    String directory = "lib/" + platform.triplet();
    for (String library : LIBRARIES) {
      Tree.copy(find(directory, library), root.resolve(directory).resolve(library));
    }
    Path loader = Path.of(platform.loader()).getFileName();
    Tree.copy(find(directory, loader.toString()), root.resolve(platform.loader()));
    Tree.write(root.resolve("etc/passwd"), PASSWD);
    Tree.write(root.resolve("etc/group"), GROUP);
    Tree.write(root.resolve("etc/nsswitch.conf"), "hosts: files dns\n");
    String copyright = "usr/share/doc/" + PACKAGE + "/copyright";
    Tree.copy(system.resolve(copyright), root.resolve(copyright));
    // What scanners know an image without a package manager by, as in distroless images.
    Tree.copy(system.resolve("etc/os-release"), root.resolve("etc/os-release"));
    Tree.write(root.resolve("var/lib/dpkg/status.d").resolve(PACKAGE), status());
  }

  /** Below {@code /lib}, or {@code /usr/lib} where links from there are not unpacked. */
  private Path find(String directory, String name) throws IOException {
    for (String parent : List.of("", "usr")) {
      Path file = system.resolve(parent).resolve(directory).resolve(name);
      if (Files.exists(file)) {
        return file;
      }
    }
    throw new IOException("no " + name + " of " + platform.architecture() + " below " + system);
  }

  /** The paragraph of the package in dpkg's list, as far as it names what it is. */
  private String status() throws IOException {
    String wanted = "Package: " + PACKAGE + "\n";
    String architecture = "\nArchitecture: " + platform.architecture() + "\n";
    for (String paragraph :
        Files.readString(system.resolve("var/lib/dpkg/status")).split("\n\n", -1)) {
      if (paragraph.startsWith(wanted) && paragraph.contains(architecture)) {
        StringBuilder status = new StringBuilder();
        paragraph
            .lines()
            .filter(line -> line.matches("(Package|Architecture|Version|Source|Maintainer): .*"))
            .forEach(line -> status.append(line).append('\n'));
        return status.toString();
      }
    }
    throw new IOException("dpkg's list below " + system + " does not name " + PACKAGE);
  }
}
