package dev.tarn.image;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the image of a platform is made of below Tarn, as the tree says that was laid out: the Java
 * runtime, the packages of the system's libraries, and libraries of no known package.
 */
final class SystemBill {
  private final ObjectMapper json;
  private final Platform platform;
  private final Path root;

  SystemBill(ObjectMapper json, Platform platform, Path images) {
    this.json = json;
    this.platform = platform;
    this.root = images.resolve(platform.architecture());
  }

  List<ObjectNode> components() throws IOException {
    List<ObjectNode> components = new ArrayList<>();
    components.add(runtime());
    Set<String> known = new HashSet<>();
    Path packages = root.resolve(SystemFiles.PACKAGES);
    if (Files.isDirectory(packages)) {
      for (Path sums : Tree.files(packages, SystemFiles.SUMS)) {
        String file = sums.getFileName().toString();
        String name = file.substring(0, file.length() - SystemFiles.SUMS.length());
        components.add(debian(name, Files.readAllLines(packages.resolve(name))));
        Files.readAllLines(sums).forEach(line -> known.add(line.replaceFirst("^\\S+\\s+", "")));
      }
    }
    for (String directory : SystemFiles.DIRECTORIES) {
      if (Files.isDirectory(root.resolve(directory))) {
        for (Path file : Tree.regularFiles(root.resolve(directory))) {
          String path = root.relativize(file).toString();
          if (!known.contains(path)) {
            components.add(file(path, file));
          }
        }
      }
    }
    return components;
  }

  private ObjectNode runtime() throws IOException {
    JavaRelease release = JavaRelease.of(root.resolve("opt/java"));
    ObjectNode component =
        component("platform", "OpenJDK", release.version(), "pkg:generic/openjdk@");
    release.vendor().ifPresent(vendor -> component.put("publisher", vendor));
    return component;
  }

  private ObjectNode debian(String name, List<String> paragraph) throws IOException {
    String version = Packages.field(paragraph, "Version").orElseThrow();
    return component(
        "library", name, version, "pkg:deb/" + distribution() + "/" + escape(name) + "@");
  }

  private String distribution() throws IOException {
    Path release = root.resolve(SystemFiles.RELEASE);
    List<String> lines = Files.exists(release) ? Files.readAllLines(release) : List.of();
    return lines.stream()
        .filter(line -> line.startsWith("ID="))
        .map(line -> line.substring("ID=".length()).replace("\"", ""))
        .findFirst()
        .orElse("debian");
  }

  private ObjectNode component(String type, String name, String version, String url) {
    String whole = url + escape(version) + "?arch=" + platform.architecture();
    return json.createObjectNode()
        .put("type", type)
        .put("bom-ref", whole)
        .put("name", name)
        .put("version", version)
        .put("purl", whole);
  }

  /** Of all that names and versions may have, the one that a package URL reserves. */
  private static String escape(String text) {
    return text.replace("+", "%2B");
  }

  /** All that can be said of a file which is of no known package. */
  private ObjectNode file(String path, Path file) throws IOException {
    ObjectNode component =
        json.createObjectNode()
            .put("type", "file")
            .put("bom-ref", platform.architecture() + ":" + path)
            .put("name", path);
    component
        .putArray("hashes")
        .addObject()
        .put("alg", "SHA-256")
        .put("content", Layout.sha256(Files.readAllBytes(file)));
    return component;
  }
}
