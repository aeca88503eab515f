package dev.tarn.server.membership.kubernetes;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What Kubernetes puts into a pod for its service account. Reads files, so it blocks.
 *
 * @param url of the API server
 * @param certificates to trust it by, empty where the platform's are to be used
 * @param token renewed in place by the kubelet
 * @param namespace the pod's own, empty where it is not told
 */
public record InCluster(String url, Optional<Path> certificates, Path token, String namespace) {
  private static final int MAX_TOKEN_BYTES = 64 << 10;

  /**
   * That of this process.
   *
   * @param directory with the files {@code ca.crt}, {@code token} and {@code namespace}
   * @param given where the API server is; where empty, the environment tells
   * @throws IOException where it does not run in a pod, or its files cannot be read
   */
  public static InCluster ofThisPod(
      Map<String, String> environment, Path directory, Optional<URI> given) throws IOException {
    String url = given.isPresent() ? given.get().toString() : url(environment);
    Path namespace = directory.resolve("namespace");
    return new InCluster(
        url,
        Optional.of(directory.resolve("ca.crt")),
        directory.resolve("token"),
        Files.exists(namespace) ? Files.readString(namespace).strip() : "");
  }

  private static String url(Map<String, String> environment) throws IOException {
    String host = environment.get("KUBERNETES_SERVICE_HOST");
    String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
    if (host == null) {
      throw new IOException("not in a pod: KUBERNETES_SERVICE_HOST is not set");
    }
    return "https://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }

  /** The token as it is now; empty where there is none, which the API server answers 401. */
  public String currentToken() {
    try {
      return Files.size(token) <= MAX_TOKEN_BYTES ? Files.readString(token).strip() : "";
    } catch (IOException _) {
      return "";
    }
  }
}
