package dev.tarn.e2e.container;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Tools;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The OCI layout that the build makes: an index of platforms, and what refers to it. */
public final class ShippedImage {
  private static final Duration BUILD_LIMIT = Duration.ofMinutes(8);
  private static final String REFERENCE = "org.opencontainers.image.ref.name";

  private final ObjectMapper json = new ObjectMapper();
  private final Path layout;

  private ShippedImage(Path layout) {
    this.layout = layout;
  }

  /** Builds it without a registry, or takes the layout that {@code TARN_IMAGE} names. */
  public static ShippedImage build(Path directory, String... options) {
    Optional<String> given = Optional.ofNullable(System.getenv("TARN_IMAGE"));
    if (given.isPresent() && options.length == 0) {
      return at(Path.of(given.orElseThrow()));
    }
    return build(Tools.repository(), directory, options);
  }

  /** One that was built before. */
  static ShippedImage at(Path layout) {
    return new ShippedImage(layout);
  }

  /** Builds it of those sources without a registry; what is printed goes to the directory. */
  static ShippedImage build(Path sources, Path directory, String... options) {
    List<String> command = new ArrayList<>(List.of("mvn", "-q", "-B", "-ntp"));
    command.addAll(List.of("-f", sources.resolve("pom.xml").toString()));
    command.addAll(List.of("-pl", "containerd-config-agent,mirror-server", "-am"));
    command.addAll(List.of("-Pimage", "-Dimage.base=scratch", "-DskipTests"));
    command.add("-Dspotless.check.skip=true");
    command.addAll(List.of(options));
    command.add("package");
    Child.run("build", directory, Map.of(), command, BUILD_LIMIT).orFail();
    return at(sources.resolve("mirror-server/target/image/oci"));
  }

  public Path layout() {
    return layout;
  }

  /** The entry of the image in the layout's own index. */
  JsonNode entry() throws IOException {
    return entries()
        .filter(entry -> entry.at("/annotations").has(REFERENCE))
        .findFirst()
        .orElseThrow();
  }

  /** What it is called in the layout. */
  public String tag() throws IOException {
    return entry().get("annotations").get(REFERENCE).asText();
  }

  /** The manifests in the layout whose subject is the image. */
  List<JsonNode> referrers() throws IOException {
    List<JsonNode> found = new ArrayList<>();
    for (JsonNode entry : entries().toList()) {
      JsonNode manifest = read(entry);
      if (manifest.at("/subject/digest").equals(entry().get("digest"))) {
        found.add(manifest);
      }
    }
    return found;
  }

  /** The manifests of its platforms, by architecture. */
  public Map<String, JsonNode> platforms() throws IOException {
    Map<String, JsonNode> platforms = new TreeMap<>();
    for (JsonNode entry : read(entry()).get("manifests")) {
      platforms.put(entry.at("/platform/architecture").asText(), read(entry));
    }
    return platforms;
  }

  /** The document that a descriptor names. */
  public JsonNode read(JsonNode descriptor) throws IOException {
    return json.readTree(blob(descriptor).toFile());
  }

  /** The file that a descriptor names. */
  Path blob(JsonNode descriptor) {
    String digest = descriptor.get("digest").asText();
    return layout.resolve("blobs").resolve(digest.replace(':', '/'));
  }

  private Stream<JsonNode> entries() throws IOException {
    JsonNode index = json.readTree(layout.resolve("index.json").toFile());
    return StreamSupport.stream(index.get("manifests").spliterator(), false);
  }
}
