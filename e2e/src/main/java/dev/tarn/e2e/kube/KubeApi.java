package dev.tarn.e2e.kube;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tarn.e2e.check.CaseFailed;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The API server, as one who shows a token sees it. Blocks; safe for several threads. */
public final class KubeApi {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int NOT_FOUND = 404;
  private static final int TOKEN_SECONDS = 3600;

  private final HttpClient http;
  private final URI server;
  private final String token;

  private KubeApi(HttpClient http, URI server, String token) {
    this.http = http;
    this.server = server;
    this.token = token;
  }

  static KubeApi of(URI server, Path authority, String token)
      throws IOException, GeneralSecurityException {
    HttpClient http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(LIMIT)
            .sslContext(trusting(authority))
            .build();
    return new KubeApi(http, server, token);
  }

  /** One that takes whoever asks for somebody who may do all, as {@code kubectl proxy} does. */
  public static KubeApi open(URI server) {
    return new KubeApi(
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .proxy(HttpClient.Builder.NO_PROXY)
            .connectTimeout(LIMIT)
            .build(),
        server,
        "");
  }

  private static SSLContext trusting(Path authority) throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    try (InputStream pem = Files.newInputStream(authority)) {
      trusted.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(pem));
    }
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context;
  }

  /** The same server as somebody else sees it. */
  public KubeApi as(String otherToken) {
    return new KubeApi(http, server, otherToken);
  }

  /** A token of a ServiceAccount that is bound to nothing. */
  public String token(String namespace, String account) {
    return token(namespace, account, "");
  }

  /** A token of the pod's ServiceAccount that is bound to the pod, and so to its node. */
  public String tokenOf(JsonNode pod) {
    return token(
        Trees.text(pod, "metadata.namespace"),
        Trees.text(pod, "spec.serviceAccountName"),
        "boundObjectRef: {apiVersion: v1, kind: Pod, name: %s, uid: %s}"
            .formatted(Trees.text(pod, "metadata.name"), Trees.text(pod, "metadata.uid")));
  }

  private String token(String namespace, String account, String bound) {
    JsonNode answer =
        create(
                "/api/v1/namespaces/%s/serviceaccounts/%s/token".formatted(namespace, account),
                """
                apiVersion: authentication.k8s.io/v1
                kind: TokenRequest
                spec:
                  expirationSeconds: %d
                  %s
                """
                    .formatted(TOKEN_SECONDS, bound))
            .orFail();
    return Trees.text(answer, "status.token");
  }

  /** What was answered: an object, or a Status. */
  public record Answer(int status, JsonNode body) {
    public boolean good() {
      return status / 100 == 2;
    }

    /** What the API server says of a refusal. */
    public String message() {
      return Trees.text(body, "message");
    }

    public JsonNode orFail() {
      if (!good()) {
        throw new CaseFailed("the API server answered " + status + ": " + body);
      }
      return body;
    }
  }

  public JsonNode get(String path) {
    return send("GET", path, "", "").orFail();
  }

  public boolean exists(String path) {
    return send("GET", path, "", "").status() != NOT_FOUND;
  }

  /** The objects that a path lists. */
  public List<JsonNode> list(String path) {
    return Trees.list(get(path), "items");
  }

  /** Makes an object that is written in YAML, or JSON. */
  public Answer create(String path, String yaml) {
    return send("POST", path, "application/json", Trees.yaml(yaml).toString());
  }

  /** Changes an object by a JSON merge patch that is written in YAML, or JSON. */
  public Answer merge(String path, String yaml) {
    return send("PATCH", path, "application/merge-patch+json", Trees.yaml(yaml).toString());
  }

  public Answer delete(String path) {
    return send("DELETE", path, "", "");
  }

  /**
   * Tells what a path lists, and what becomes of it.
   *
   * @param changes is given {@code type} and {@code object}, on a thread of the watch's own
   */
  public Watch watch(String path, Consumer<JsonNode> changes) {
    return Watch.start(() -> watched(path), changes);
  }

  private Stream<String> watched(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(server.resolve(path + "?watch=true"))
            .header("Authorization", "Bearer " + token)
            .header("Accept", "application/json")
            .build();
    HttpResponse<Stream<String>> response = http.send(request, HttpResponse.BodyHandlers.ofLines());
    if (response.statusCode() != 200) {
      response.body().close();
      throw new IOException(path + " cannot be watched: " + response.statusCode());
    }
    return response.body();
  }

  /** One request. A body of no characters is none. */
  public Answer send(String method, String path, String type, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.resolve(path))
            .timeout(LIMIT)
            .header("Accept", "application/json");
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    if (!type.isEmpty()) {
      request.header("Content-Type", type);
    }
    request.method(
        method,
        body.isEmpty()
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(body));
    try {
      HttpResponse<String> response =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      String text = response.body();
      return new Answer(
          response.statusCode(),
          Trees.json(text.startsWith("{") ? text : "{\"message\": \"not JSON\"}"));
    } catch (IOException e) {
      throw new CaseFailed("the API server did not answer " + method + " " + path + ": " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking the API server", e);
    }
  }
}
