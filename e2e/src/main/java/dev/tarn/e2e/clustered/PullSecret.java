package dev.tarn.e2e.clustered;

import dev.tarn.e2e.laptop.KubeCluster;
import dev.tarn.e2e.laptop.Upstream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** A Secret by which a kubelet may pull from the registry that asks for a password. */
final class PullSecret {
  private PullSecret() {}

  static void create(KubeCluster cluster, String namespace, String name) {
    String login = base64(Upstream.USER + ":" + Upstream.PASSWORD);
    String config =
        "{\"auths\": {\"%s\": {\"auth\": \"%s\"}}}"
            .formatted(cluster.upstream().guardedHost(), login);
    cluster
        .api()
        .create(
            "/api/v1/namespaces/" + namespace + "/secrets",
            """
            apiVersion: v1
            kind: Secret
            metadata: {name: %s}
            type: kubernetes.io/dockerconfigjson
            data: {.dockerconfigjson: %s}
            """
                .formatted(name, base64(config)))
        .orFail();
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
