package dev.tarn.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The CycloneDX bill of materials of the image: those of the two programs in one, and of each
 * platform the Java runtime, and the system's libraries where they were put there by us. It has neither time nor serial number, so that it changes
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
    for (String architecture : settings.get("platforms").split(",", -1)) {
      Platform platform = Platform.named(architecture);
      for (ObjectNode component : new SystemBill(json, platform, settings.image()).components()) {
        add(components, component, "bom-ref");
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
}
