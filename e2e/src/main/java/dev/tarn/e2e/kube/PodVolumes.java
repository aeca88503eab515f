package dev.tarn.e2e.kube;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The volumes of one pod, laid out once as a kubelet does it. Blocks. */
final class PodVolumes {
  /** For all, and what is made inside has its group. */
  private static final int SHARED_MODE = 02777;

  private static final String READABLE = "rwxr-xr-x";

  private final KubeApi api;
  private final HollowNode node;
  private final JsonNode pod;
  private final Path directory;
  private final Map<String, Path> places = new LinkedHashMap<>();

  /**
   * Makes nothing yet.
   *
   * @param directory for what is the pod's own
   */
  PodVolumes(KubeApi api, HollowNode node, JsonNode pod, Path directory) {
    this.api = api;
    this.node = node;
    this.pod = pod;
    this.directory = directory;
  }

  /** A volume could not be made: the pod has to wait. */
  static final class NotThere extends IOException {
    private static final long serialVersionUID = 1;

    NotThere(String message) {
      super(message);
    }
  }

  /** Makes all of them, or fails at the first that cannot be. */
  void make() throws IOException {
    for (JsonNode volume : Trees.list(pod, "spec.volumes")) {
      places.put(Trees.text(volume, "name"), make(volume));
    }
  }

  /** Where a volume is on this machine. */
  Path place(String volume) {
    return Optional.ofNullable(places.get(volume))
        .orElseThrow(() -> new IllegalArgumentException("no volume " + volume));
  }

  private Path make(JsonNode volume) throws IOException {
    if (volume.has("hostPath")) {
      return host(volume);
    }
    Path own = Files.createDirectories(directory.resolve("volumes/" + Trees.text(volume, "name")));
    if (volume.has("emptyDir")) {
      String group = Trees.text(pod, "spec.securityContext.fsGroup");
      if (!group.isEmpty()) {
        Files.setAttribute(own, "unix:gid", Integer.valueOf(group));
      }
      Files.setAttribute(own, "unix:mode", SHARED_MODE);
    } else if (volume.has("projected")) {
      for (JsonNode source : Trees.list(volume, "projected.sources")) {
        project(source, own);
      }
    } else if (volume.has("configMap")) {
      copy("configmaps", volume.get("configMap"), "name", own);
    } else if (volume.has("secret")) {
      copy("secrets", volume.get("secret"), "secretName", own);
    } else {
      throw new IOException("a volume that is not known here: " + volume);
    }
    return own;
  }

  private Path host(JsonNode volume) throws IOException {
    Path place = node.disk().resolve(Trees.text(volume, "hostPath.path").substring(1));
    if (Trees.text(volume, "hostPath.type").equals("DirectoryOrCreate")) {
      return Files.createDirectories(place);
    }
    if (!Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
      throw new NotThere("hostPath type check failed: " + place);
    }
    return place;
  }

  private void project(JsonNode source, Path own) throws IOException {
    if (source.has("serviceAccountToken")) {
      write(own.resolve(Trees.text(source, "serviceAccountToken.path")), bytes(api.tokenOf(pod)));
    } else if (source.has("configMap")) {
      copy("configmaps", source.get("configMap"), "name", own);
    } else if (source.has("secret")) {
      copy("secrets", source.get("secret"), "name", own);
    } else if (source.has("downwardAPI")) {
      for (JsonNode item : Trees.list(source, "downwardAPI.items")) {
        String field = Trees.text(item, "fieldRef.fieldPath");
        write(own.resolve(Trees.text(item, "path")), bytes(Trees.text(pod, field)));
      }
    }
  }

  private void copy(String kind, JsonNode source, String nameKey, Path own) throws IOException {
    String name = Trees.text(source, nameKey);
    String path =
        "/api/v1/namespaces/%s/%s/%s".formatted(Trees.text(pod, "metadata.namespace"), kind, name);
    if (!api.exists(path)) {
      if (source.path("optional").asBoolean(false)) {
        return;
      }
      throw new NotThere(kind + " \"" + name + "\" not found");
    }
    Map<String, byte[]> files = new LinkedHashMap<>();
    api.get(path)
        .path("data")
        .properties()
        .forEach(
            entry ->
                files.put(
                    entry.getKey(),
                    kind.equals("secrets")
                        ? Base64.getDecoder().decode(entry.getValue().asText())
                        : bytes(entry.getValue().asText())));
    if (source.has("items")) {
      for (JsonNode item : source.get("items")) {
        byte[] file = files.get(Trees.text(item, "key"));
        if (file != null) {
          write(own.resolve(Trees.text(item, "path")), file);
        }
      }
    } else {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        write(own.resolve(file.getKey()), file.getValue());
      }
    }
  }

  private static void write(Path file, byte[] content) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, content);
    // A kubelet gives them the pod's group; who may read them is not what is tried here.
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    Files.setPosixFilePermissions(file.getParent(), PosixFilePermissions.fromString(READABLE));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
