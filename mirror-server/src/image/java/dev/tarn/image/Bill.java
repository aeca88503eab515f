package dev.tarn.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The CycloneDX bill of materials of the image: those of the two programs in one, the JDK, and the
 * C library where it was put there by us. It has neither time nor serial number, so that it changes
 * only with what is in it.
 */
final class Bill {
  private final ObjectMapper json;
  private final Settings settings;

  Bill(ObjectMapper json, Settings settings) {
    this.json = json;
    this.settings = settings;
  }

  ObjectNode of(String name, String version) throws IOException {
    SortedMap<String, JsonNode> components = new TreeMap<>();
    SortedMap<String, JsonNode> dependencies = new TreeMap<>();
    JsonNode specification = json.missingNode();
    for (Path target : List.of(settings.server(), settings.agent())) {
      File file = target.resolve("sbom.json").toFile();
      if (!file.exists()) {
        throw new IOException("there is no " + file + ": Maven's offline mode leaves it out");
      }
      JsonNode bill = json.readTree(file);
      specification = bill.path("specVersion");
      add(components, bill.path("metadata").path("component"), "bom-ref");
      bill.path("components").forEach(component -> add(components, component, "bom-ref"));
      bill.path("dependencies").forEach(dependency -> add(dependencies, dependency, "ref"));
    }
    add(components, runtime(), "bom-ref");
    for (String architecture : settings.get("platforms").split(",", -1)) {
      Platform platform = Platform.named(architecture);
      Path status =
          settings.image().resolve(platform.architecture()).resolve("var/lib/dpkg/status.d/libc6");
      if (Files.exists(status)) {
        add(components, library(Files.readAllLines(status), platform), "bom-ref");
      }
    }
    ObjectNode bill = json.createObjectNode().put("bomFormat", "CycloneDX");
    bill.set("specVersion", specification);
    bill.put("version", 1);
    bill.putObject("metadata")
        .putObject("component")
        .put("type", "container")
        .put("bom-ref", name)
        .put("name", name)
        .put("version", version);
    components.values().forEach(bill.putArray("components")::add);
    dependencies.values().forEach(bill.putArray("dependencies")::add);
    return bill;
  }

  private static void add(SortedMap<String, JsonNode> all, JsonNode one, String key) {
    all.put(one.path(key).asText(), one);
  }

  private ObjectNode runtime() {
    String version = System.getProperty("java.runtime.version");
    String vendor = System.getProperty("java.vendor");
    return component(
            "platform", "OpenJDK", version, "pkg:generic/openjdk@" + version.replace("+", "%2B"))
        .put("publisher", vendor);
  }

  private ObjectNode library(List<String> status, Platform platform) {
    String version = field(status, "Version: ");
    String url =
        "pkg:deb/debian/libc6@" + version.replace("+", "%2B") + "?arch=" + platform.architecture();
    return component("library", "libc6", version, url);
  }

  private static String field(List<String> status, String name) {
    return status.stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()))
        .findFirst()
        .orElseThrow();
  }

  private ObjectNode component(String type, String name, String version, String url) {
    return json.createObjectNode()
        .put("type", type)
        .put("bom-ref", url)
        .put("name", name)
        .put("version", version)
        .put("purl", url);
  }
}
