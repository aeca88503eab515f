package dev.tarn.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The base of an image that is built on none: of a Debian system the libraries that the image
 * needs, and the files that they read. There is nothing to run but the loader.
 *
 * <p>Scanners know images without a package manager by {@code os-release} and {@code status.d}: a
 * paragraph for each package, and the sums of its files in the image. What is named by no sums is of
 * no known package.
 */
final class SystemFiles {
  static final String PACKAGES = "var/lib/dpkg/status.d";
  static final String RELEASE = "etc/os-release";
  static final String SUMS = ".md5sums";

  /** Where the libraries and the loader are in the image, of whatever platform. */
  static final List<String> DIRECTORIES = List.of("lib", "lib64");

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
  private final Path root;

  /**
   * @param system the root of the Debian system, of this platform, that the files are taken from
   */
  SystemFiles(Platform platform, Path system, Path root) {
    this.platform = platform;
    this.system = system;
    this.root = root;
  }

  /**
   * @param libraries the files of the system, by the names that programs ask for
   */
  void copy(Map<String, Path> libraries) throws IOException {
    Packages packages = Packages.of(platform, system);
    SortedSet<String> strangers = new TreeSet<>();
    for (Map.Entry<String, Path> library : libraries.entrySet()) {
      String place = place(library.getKey());
      Tree.copy(library.getValue(), root.resolve(place));
      Optional<Packages.Owner> owner = packages.owner(library.getValue());
      if (owner.isPresent()) {
        enter(owner.orElseThrow(), place);
      } else {
        strangers.add(library.getKey());
      }
    }
    if (!strangers.isEmpty()) {
      warn(
          "what package these are of is not to be found below "
              + system.resolve("var/lib/dpkg")
              + ", so the SBOM names them as files, and the image has no word on their copyright: "
              + String.join(", ", strangers));
    }
    Tree.write(root.resolve("etc/passwd"), PASSWD);
    Tree.write(root.resolve("etc/group"), GROUP);
    Tree.write(root.resolve("etc/nsswitch.conf"), "hosts: files dns\n");
    copyIfThere(RELEASE);
  }

  /** Programs name the loader by its path; it finds what it loads in a directory of its own. */
  private String place(String library) {
    return platform.loader().endsWith("/" + library)
        ? platform.loader()
        : "lib/" + platform.triplet() + "/" + library;
  }

  /** Says in the image that a file is of a package. */
  private void enter(Packages.Owner owner, String place) throws IOException {
    Path paragraph = root.resolve(PACKAGES).resolve(owner.name());
    if (!Files.exists(paragraph)) {
      Tree.write(paragraph, owner.status());
      copyIfThere("usr/share/doc/" + owner.name() + "/copyright");
    }
    Path sums = paragraph.resolveSibling(owner.name() + SUMS);
    String before = Files.exists(sums) ? Files.readString(sums) : "";
    Files.writeString(sums, before + md5(root.resolve(place)) + "  " + place + "\n");
  }

  private void copyIfThere(String name) throws IOException {
    if (Files.exists(system.resolve(name))) {
      Tree.copy(system.resolve(name), root.resolve(name));
    } else {
      warn("there is no " + system.resolve(name));
    }
  }

  private void warn(String text) {
    System.err.println("warning: " + platform.architecture() + ": " + text);
  }

  private static String md5(Path file) throws IOException {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("MD5").digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
