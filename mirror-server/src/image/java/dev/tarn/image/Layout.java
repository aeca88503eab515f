package dev.tarn.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/**
 * One OCI layout of what Jib made of each platform, with an index over them, and the SBOM as a
 * manifest that refers to the index (image-spec 1.1, {@code subject}). Jib writes neither an index
 * nor a directory without a registry.
 */
final class Layout {
  private static final String INDEX = "application/vnd.oci.image.index.v1+json";
  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  private static final String EMPTY = "application/vnd.oci.empty.v1+json";
  private static final String SBOM = "application/vnd.cyclonedx+json";
  private static final String REFERENCE = "org.opencontainers.image.ref.name";

  /** What a platform may weigh, as nodes download it. */
  private static final long LIMIT_BYTES = 90_000_000;

  private final ObjectMapper json = new ObjectMapper();
  private final Settings settings;
  private final Path layout;
  private final String version;

  Layout(Settings settings) {
    this.settings = settings;
    this.layout = settings.image().resolve("oci");
    this.version = settings.get("version");
  }

  void write() throws IOException, InterruptedException {
    Tree.delete(layout);
    Files.createDirectories(layout.resolve("blobs/sha256"));
    ArrayNode platforms = json.createArrayNode();
    for (String architecture : settings.get("platforms").split(",", -1)) {
      platforms.add(add(Platform.named(architecture)));
    }
    ObjectNode index = json.createObjectNode().put("schemaVersion", 2).put("mediaType", INDEX);
    index.set("manifests", platforms);
    index.set("annotations", annotations());
    ObjectNode image = put(INDEX, index);
    ArrayNode top = json.createArrayNode();
    top.add(image.deepCopy().set("annotations", json.createObjectNode().put(REFERENCE, version)));
    top.add(sbom(image));
    ObjectNode entry = json.createObjectNode().put("schemaVersion", 2).put("mediaType", INDEX);
    entry.set("manifests", top);
    Files.write(layout.resolve("index.json"), json.writeValueAsBytes(entry));
    Files.writeString(layout.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    System.out.println("image " + image.get("digest").asText() + " in " + layout);
  }

  private ObjectNode annotations() {
    return json.createObjectNode()
        .put("org.opencontainers.image.title", "tarn")
        .put("org.opencontainers.image.version", version)
        .put("org.opencontainers.image.licenses", "Apache-2.0");
  }

  /** Takes over the blobs of a platform's image; gives its entry in the index. */
  private ObjectNode add(Platform platform) throws IOException, InterruptedException {
    Path tar = settings.image().resolve(platform.architecture() + ".tar");
    Path unpacked = settings.image().resolve(platform.architecture() + ".oci");
    Tree.delete(unpacked);
    Files.createDirectories(unpacked);
    int status =
        new ProcessBuilder("tar", "-xf", tar.toString(), "-C", unpacked.toString())
            .inheritIO()
            .start()
            .waitFor();
    if (status != 0) {
      throw new IOException("tar could not unpack " + tar);
    }
    JsonNode found = json.readTree(unpacked.resolve("index.json").toFile()).get("manifests").get(0);
    for (Path blob : Tree.files(unpacked.resolve("blobs/sha256"), "")) {
      Path to = layout.resolve("blobs/sha256").resolve(blob.getFileName());
      Files.move(blob, to, StandardCopyOption.REPLACE_EXISTING);
    }
    Tree.delete(unpacked);
    tell(platform, found);
    ObjectNode entry = json.createObjectNode().put("mediaType", MANIFEST);
    entry.set("digest", found.get("digest"));
    entry.set("size", found.get("size"));
    entry.putObject("platform").put("architecture", platform.architecture()).put("os", "linux");
    return entry;
  }

  private void tell(Platform platform, JsonNode found) throws IOException {
    String hex = found.get("digest").asText().substring("sha256:".length());
    JsonNode manifest = json.readTree(layout.resolve("blobs/sha256").resolve(hex).toFile());
    long sum = manifest.get("config").get("size").asLong();
    System.out.println(platform.architecture() + " " + found.get("digest").asText());
    for (JsonNode layer : manifest.get("layers")) {
      sum += layer.get("size").asLong();
      System.out.printf(
          Locale.ROOT, "  %,12d %s%n", layer.get("size").asLong(), layer.get("digest").asText());
    }
    System.out.printf(Locale.ROOT, "  %,12d bytes to download%n", sum);
    if (sum > LIMIT_BYTES) {
      throw new IOException(platform.architecture() + " has more than " + LIMIT_BYTES + " bytes");
    }
  }

  /** The manifest that says of what the image is made. */
  private ObjectNode sbom(ObjectNode image) throws IOException {
    ObjectNode bill = new Bill(json, settings).of("tarn", version);
    ObjectNode manifest =
        json.createObjectNode()
            .put("schemaVersion", 2)
            .put("mediaType", MANIFEST)
            .put("artifactType", SBOM);
    manifest.set("config", put(EMPTY, json.createObjectNode()));
    manifest.putArray("layers").add(put(SBOM, bill));
    manifest.set("subject", image);
    return put(MANIFEST, manifest).put("artifactType", SBOM);
  }

  /** Stores a document; gives what refers to it. */
  private ObjectNode put(String mediaType, ObjectNode document) throws IOException {
    byte[] bytes = json.writeValueAsString(document).getBytes(StandardCharsets.UTF_8);
    String hex = sha256(bytes);
    Files.write(layout.resolve("blobs/sha256").resolve(hex), bytes);
    return json.createObjectNode()
        .put("mediaType", mediaType)
        .put("digest", "sha256:" + hex)
        .put("size", bytes.length);
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
