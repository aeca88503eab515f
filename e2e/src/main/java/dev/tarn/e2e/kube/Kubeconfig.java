package dev.tarn.e2e.kube;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the file that tells a client where the API server is, and who it is itself. */
final class Kubeconfig {
  private Kubeconfig() {}

  static Path write(Path file, URI server, Path authority, Pki.Identity user) throws IOException {
    Files.writeString(
        file,
        """
        apiVersion: v1
        kind: Config
        current-context: here
        clusters:
          - name: here
            cluster: {server: "%s", certificate-authority: "%s"}
        contexts:
          - name: here
            context: {cluster: here, user: me}
        users:
          - name: me
            user: {client-certificate: "%s", client-key: "%s"}
        """
            .formatted(server, authority, user.certificate(), user.key()));
    return file;
  }
}
