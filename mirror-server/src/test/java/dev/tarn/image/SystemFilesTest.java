package dev.tarn.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of a Debian system gets into an image, and what the bill of materials says of it. */
class SystemFilesTest {
  private static final String TRIPLET = "aarch64-linux-gnu";

  @TempDir Path directory;
  private Path system;
  private Path root;

  @BeforeEach
  void systemWithLibraries() throws IOException {
    system = directory.resolve("system");
    root = directory.resolve("images/arm64");
    Tree.write(system.resolve("usr/lib/" + TRIPLET + "/libc.so.6"), "c");
    Tree.write(system.resolve("usr/lib/" + TRIPLET + "/ld-linux-aarch64.so.1"), "loader");
    Tree.write(system.resolve("usr/lib/" + TRIPLET + "/libz.so.1.3.1"), "z");
    Files.createSymbolicLink(
        system.resolve("usr/lib/" + TRIPLET + "/libz.so.1"), Path.of("libz.so.1.3.1"));
    Tree.write(
        root.resolve("opt/java/release"),
        "IMPLEMENTOR=\"Debian\"\nJAVA_RUNTIME_VERSION=\"25.0.5+8-Debian\"\nJAVA_VERSION=\"25.0.5\"\n");
  }

  @Test
  void librariesAreWhereTheLoaderLooksAndTheLoaderWhereProgramsLook() throws IOException {
    copy();

    assertThat(root.resolve("lib/ld-linux-aarch64.so.1")).hasContent("loader");
    assertThat(root.resolve("lib/" + TRIPLET + "/libc.so.6")).hasContent("c");
    assertThat(root.resolve("lib/" + TRIPLET + "/libz.so.1")).isRegularFile().hasContent("z");
    assertThat(root.resolve("etc/passwd")).content().contains("nonroot:x:65532:");
  }

  @Test
  void installedPackagesAreNamedByDpkg() throws IOException {
    installed();

    copy();

    assertThat(root.resolve("var/lib/dpkg/status.d/zlib1g"))
        .hasContent("Package: zlib1g\nArchitecture: arm64\nVersion: 1:1.3+really1.3.1-1\n");
    assertThat(root.resolve("var/lib/dpkg/status.d/libc6.md5sums"))
        .content()
        .contains("4a8a08f09d37b73795649038408b5f33  lib/" + TRIPLET + "/libc.so.6\n")
        .contains("  lib/ld-linux-aarch64.so.1\n");
    assertThat(root.resolve("usr/share/doc/libc6/copyright")).hasContent("free");
    assertThat(bill())
        .containsOnlyKeys(
            "pkg:generic/openjdk@25.0.5%2B8-Debian?arch=arm64",
            "pkg:deb/debian/libc6@2.41-12?arch=arm64",
            "pkg:deb/debian/zlib1g@1:1.3%2Breally1.3.1-1?arch=arm64");
  }

  @Test
  void distributionIsWhatTheSystemSays() throws IOException {
    installed();
    Tree.write(system.resolve("etc/os-release"), "NAME=\"Ubuntu\"\nID=ubuntu\nID_LIKE=debian\n");

    copy();

    assertThat(bill()).containsKey("pkg:deb/ubuntu/libc6@2.41-12?arch=arm64");
  }

  @Test
  void packagesOfASystemWithoutDpkgAreNamedByTheirSums() throws IOException {
    Path packages = system.resolve("var/lib/dpkg/status.d");
    Tree.write(packages.resolve("libc6"), paragraph("libc6", "arm64", "2.41-12"));
    Tree.write(
        packages.resolve("libc6.md5sums"),
        """
        00000000000000000000000000000000  usr/lib/aarch64-linux-gnu/libc.so.6
        """);
    Tree.write(packages.resolve("zlib1g"), paragraph("zlib1g", "arm64", "1.3"));
    Tree.write(
        packages.resolve("zlib1g.md5sums"),
        "00000000000000000000000000000000  usr/lib/aarch64-linux-gnu/libz.so.1.3.1\n");

    copy();

    assertThat(bill())
        .containsOnlyKeys(
            "pkg:generic/openjdk@25.0.5%2B8-Debian?arch=arm64",
            "pkg:deb/debian/libc6@2.41-12?arch=arm64",
            "pkg:deb/debian/zlib1g@1.3?arch=arm64",
            "arm64:lib/ld-linux-aarch64.so.1");
  }

  @Test
  void ofUnpackedPackagesTheFilesThemselvesAreNamed() throws IOException {
    copy();

    assertThat(bill())
        .containsOnlyKeys(
            "pkg:generic/openjdk@25.0.5%2B8-Debian?arch=arm64",
            "arm64:lib/" + TRIPLET + "/libc.so.6",
            "arm64:lib/" + TRIPLET + "/libz.so.1",
            "arm64:lib/ld-linux-aarch64.so.1");
    ObjectNode file = component("arm64:lib/" + TRIPLET + "/libz.so.1");
    assertThat(file.at("/type").asText()).isEqualTo("file");
    assertThat(file.at("/hashes/0/alg").asText()).isEqualTo("SHA-256");
    assertThat(file.at("/hashes/0/content").asText())
        .isEqualTo("594e519ae499312b29433b7dd8a97ff068defcba9755b6d5d00e84c524d67b06");
  }

  @Test
  void packagesOfAnotherPlatformAreNotTaken() throws IOException {
    Path dpkg = system.resolve("var/lib/dpkg");
    Tree.write(dpkg.resolve("status"), paragraph("zlib1g", "amd64", "1"));
    Tree.write(dpkg.resolve("info/zlib1g:amd64.list"), "/lib/" + TRIPLET + "/libz.so.1\n");

    copy();

    assertThat(bill()).containsKey("arm64:lib/" + TRIPLET + "/libz.so.1");
  }

  @Test
  void runtimeIsNamedByItsOwnRelease() throws IOException {
    ObjectNode runtime = component("pkg:generic/openjdk@25.0.5%2B8-Debian?arch=arm64");

    assertThat(runtime.at("/version").asText()).isEqualTo("25.0.5+8-Debian");
    assertThat(runtime.at("/publisher").asText()).isEqualTo("Debian");
  }

  @Test
  void runtimeOfWhichLittleIsKnownIsNamedByItsVersion() throws IOException {
    Files.writeString(root.resolve("opt/java/release"), "JAVA_VERSION=\"25.0.5\"\n");

    assertThat(component("pkg:generic/openjdk@25.0.5?arch=arm64").has("publisher")).isFalse();
    JavaRelease release = JavaRelease.of(root.resolve("opt/java"));
    assertThat(release.isOf("25.0.5+8-Debian")).isTrue();
    assertThat(release.isOf("25.0.50+8")).isFalse();
    assertThat(release.isOf("25.0.3+9-LTS")).isFalse();
  }

  private void copy() throws IOException {
    Map<String, Path> libraries = new TreeMap<>();
    for (String name : List.of("ld-linux-aarch64.so.1", "libc.so.6", "libz.so.1")) {
      libraries.put(name, system.resolve("usr/lib/" + TRIPLET).resolve(name));
    }
    new SystemFiles(Platform.ARM64, system, root).copy(libraries);
  }

  /** As dpkg has it: below /lib what others name below /usr/lib. */
  private void installed() throws IOException {
    Path dpkg = system.resolve("var/lib/dpkg");
    Tree.write(
        dpkg.resolve("status"),
        paragraph("libc6", "amd64", "1")
            + "\n"
            + paragraph("libc6", "arm64", "2.41-12")
            + "\n"
            + paragraph("zlib1g", "arm64", "1:1.3+really1.3.1-1"));
    Tree.write(
        dpkg.resolve("info/libc6:arm64.list"),
        "/.\n/lib/%1$s/libc.so.6\n/lib/%1$s/ld-linux-aarch64.so.1\n".formatted(TRIPLET));
    Tree.write(dpkg.resolve("info/zlib1g.list"), "/usr/lib/" + TRIPLET + "/libz.so.1\n");
    Tree.write(system.resolve("usr/share/doc/libc6/copyright"), "free");
  }

  private static String paragraph(String name, String architecture, String version) {
    return """
    Package: %s
    Status: install ok installed
    Architecture: %s
    Version: %s
    Description: a package
     of which Package: other is a line
    """
        .formatted(name, architecture, version);
  }

  private ObjectNode component(String reference) throws IOException {
    return Objects.requireNonNull(bill().get(reference), reference);
  }

  private Map<String, ObjectNode> bill() throws IOException {
    Map<String, ObjectNode> components = new TreeMap<>();
    for (ObjectNode component :
        new SystemBill(new ObjectMapper(), Platform.ARM64, directory.resolve("images"))
            .components()) {
      components.put(component.at("/bom-ref").asText(), component);
    }
    return components;
  }
}
