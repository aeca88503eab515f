package dev.tarn.agent.taint;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * The own node by HTTPS, with the service account's token and the cluster's certificates, both read
 * afresh for each request, because the kubelet exchanges them. Only {@code patch} is needed: a
 * patch of nothing is answered with the node and writes nothing.
 *
 * <p>An agent runs without a compiler, so that a handshake takes seconds on a busy node: requests
 * share a connection, and are given time. For one thread.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6902">RFC 6902, JSON Patch</a>
 */
public final class ApiServer implements OwnNode {
  private static final Path ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(30);
  private static final Duration REQUEST_LIMIT = Duration.ofSeconds(60);
  private static final int MAX_NODE_BYTES = 4 << 20;
  private static final int MAX_MESSAGE_CHARACTERS = 300;
  private static final int OK = 200;

  /** A patch that does not fit, such as one whose test fails. */
  private static final int UNPROCESSABLE = 422;

  private final URI node;
  private final Path token;
  private final Path certificates;

  private @Nullable HttpClient client;
  private String trusted = "";

  /**
   * @param server such as {@code https://10.96.0.1:443}
   * @param node the node's name
   * @param token the file with the service account's token
   * @param certificates the file with the certificates that the server is trusted by, in PEM
   */
  public ApiServer(URI server, String node, Path token, Path certificates) {
    this.node = server.resolve("/api/v1/nodes/" + node);
    this.token = token;
    this.certificates = certificates;
  }

  /** The server that a pod is told of; empty outside a pod. */
  public static Optional<ApiServer> inCluster(Map<String, String> environment, String node) {
    String host = environment.get("KUBERNETES_SERVICE_HOST");
    String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
    if (host == null) {
      return Optional.empty();
    }
    String literal = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return Optional.of(
        new ApiServer(
            URI.create("https://" + literal + ":" + port),
            node,
            ACCOUNT.resolve("token"),
            ACCOUNT.resolve("ca.crt")));
  }

  @Override
  public Answer look(Taint taint) {
    return patch("[]", response -> contains(response, taint.key()));
  }

  @Override
  public Answer removeAt(int index, Taint taint) {
    String at = "/spec/taints/" + index;
    String patch =
        """
        [{"op":"test","path":"%1$s/key","value":"%2$s"},\
        {"op":"test","path":"%1$s/effect","value":"%3$s"},\
        {"op":"remove","path":"%1$s"}]"""
            .formatted(at, taint.key(), taint.effect());
    return patch(patch, response -> new Answer.Yes());
  }

  private static Answer contains(String node, String key) {
    return node.contains("\"" + key + "\"") ? new Answer.Yes() : new Answer.No();
  }

  /** What a successful answer means. */
  private interface Meaning {
    Answer of(String body);
  }

  private Answer patch(String patch, Meaning meaning) {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(node)
              .timeout(REQUEST_LIMIT)
              .header("Authorization", "Bearer " + Files.readString(token).strip())
              .header("Content-Type", "application/json-patch+json")
              .header("Accept", "application/json")
              .method("PATCH", HttpRequest.BodyPublishers.ofString(patch))
              .build();
      HttpResponse<InputStream> response =
          client().send(request, HttpResponse.BodyHandlers.ofInputStream());
      String body;
      try (InputStream stream = response.body()) {
        body = new String(stream.readNBytes(MAX_NODE_BYTES), StandardCharsets.UTF_8);
      }
      return switch (response.statusCode()) {
        case OK -> meaning.of(body);
        case UNPROCESSABLE -> new Answer.No();
        default -> new Answer.Failed(response.statusCode() + ": " + start(body));
      };
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      close();
      return new Answer.Failed(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Answer.Failed("interrupted");
    }
  }

  private static String start(String body) {
    String line = body.replaceAll("\\s+", " ");
    return line.substring(0, Math.min(line.length(), MAX_MESSAGE_CHARACTERS));
  }

  /** The same one for as long as the same certificates are trusted. */
  private HttpClient client() throws IOException, GeneralSecurityException {
    String now = Files.readString(certificates);
    HttpClient last = client;
    if (last != null && now.equals(trusted)) {
      return last;
    }
    close();
    HttpClient fresh =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT_LIMIT)
            .sslContext(trusting(now))
            .build();
    client = fresh;
    trusted = now;
    return fresh;
  }

  @Override
  public void close() {
    if (client != null) {
      client.shutdownNow();
      client = null;
    }
  }

  private static SSLContext trusting(String certificates)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (InputStream pem =
        new ByteArrayInputStream(certificates.getBytes(StandardCharsets.UTF_8))) {
      int count = 0;
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
        store.setCertificateEntry("ca" + count++, each);
      }
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }
}
