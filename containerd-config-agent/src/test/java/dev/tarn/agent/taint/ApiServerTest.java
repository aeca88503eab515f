package dev.tarn.agent.taint;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.tarn.agent.taint.OwnNode.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiServerTest {
  private static final String PASSWORD = "changeit";

  @TempDir private static Path keys;
  @TempDir private Path directory;

  private final List<String> bodies = new ArrayList<>();
  private final List<String> tokens = new ArrayList<>();
  private final Set<Integer> clients = new HashSet<>();
  private HttpsServer server;
  private Path token;
  private int status = 200;
  private String answer = "{}";

  @BeforeAll
  static void makeKeys() throws Exception {
    Path store = keys.resolve("k.p12");
    keytool(
        store,
        "-genkeypair",
        "-alias",
        "k",
        "-keyalg",
        "EC",
        "-dname",
        "CN=kubernetes",
        "-ext",
        "san=ip:127.0.0.1");
    keytool(
        store, "-exportcert", "-alias", "k", "-rfc", "-file", keys.resolve("ca.crt").toString());
  }

  @BeforeEach
  void startTheServer() throws Exception {
    token = Files.writeString(directory.resolve("token"), "t1\n");
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keys.resolve("k.p12"))) {
      store.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(store, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    server.createContext("/", this::handle);
    server.start();
  }

  @AfterEach
  void stopTheServer() {
    server.stop(0);
  }

  @Test
  void aRemovalTestsKeyAndEffectFirst() {
    assertThat(node().removeAt(3, Taint.DEFAULT)).isEqualTo(new Answer.Yes());

    assertThat(bodies)
        .containsExactly(
            "PATCH /api/v1/nodes/node-1 application/json-patch+json"
                + " [{\"op\":\"test\",\"path\":\"/spec/taints/3/key\","
                + "\"value\":\"tarn.dev/starting\"},"
                + "{\"op\":\"test\",\"path\":\"/spec/taints/3/effect\",\"value\":\"NoSchedule\"},"
                + "{\"op\":\"remove\",\"path\":\"/spec/taints/3\"}]");
  }

  @Test
  void aPatchThatDoesNotFitIsNo() {
    status = 422;

    assertThat(node().removeAt(0, Taint.DEFAULT)).isEqualTo(new Answer.No());
  }

  @Test
  void aLookIsAPatchOfNothing() {
    answer = "{\"spec\":{\"taints\":[{\"key\":\"tarn.dev/starting\",\"effect\":\"NoSchedule\"}]}}";
    assertThat(node().look(Taint.DEFAULT)).isEqualTo(new Answer.Yes());

    answer = "{\"spec\":{\"taints\":[{\"key\":\"tarn.dev/starting-2\"}]}}";
    assertThat(node().look(Taint.DEFAULT)).isEqualTo(new Answer.No());
    assertThat(bodies).allSatisfy(body -> assertThat(body).endsWith(" []"));
  }

  @Test
  void theTokenIsReadAfreshEachTime() throws IOException {
    OwnNode node = node();
    node.look(Taint.DEFAULT);
    Files.writeString(token, "t2\n");
    node.look(Taint.DEFAULT);

    assertThat(tokens).containsExactly("Bearer t1", "Bearer t2");
  }

  @Test
  void requestsShareAConnectionWhileTheSameCertificatesAreTrusted() throws IOException {
    Path authorities = Files.copy(keys.resolve("ca.crt"), directory.resolve("ca.crt"));
    try (OwnNode node = node(authorities)) {
      node.look(Taint.DEFAULT);
      node.removeAt(0, Taint.DEFAULT);
      node.removeAt(1, Taint.DEFAULT);
      assertThat(clients).hasSize(1);

      Files.writeString(authorities, Files.readString(authorities) + "\n");
      assertThat(node.look(Taint.DEFAULT)).isInstanceOf(Answer.No.class);
      assertThat(clients).hasSize(2);
    }
  }

  @Test
  void everythingElseIsAFailureThatSaysWhy() {
    status = 403;
    answer = "{\n  \"message\": \"nodes \\\"node-1\\\" is forbidden\"\n}";

    assertThat(node().removeAt(0, Taint.DEFAULT))
        .isInstanceOfSatisfying(
            Answer.Failed.class,
            failed -> assertThat(failed.why()).startsWith("403").contains("forbidden"));
  }

  @Test
  void filesThatAreMissingOrNoCertificatesAreFailures() throws IOException {
    assertThat(node(directory.resolve("none")).look(Taint.DEFAULT))
        .isInstanceOf(Answer.Failed.class);
    Path garbage = Files.writeString(directory.resolve("garbage"), "not a certificate");
    assertThat(node(garbage).look(Taint.DEFAULT)).isInstanceOf(Answer.Failed.class);
    assertThat(bodies).isEmpty();
  }

  @Test
  void aServerOfOtherCertificatesIsShownNoToken() throws Exception {
    Path other = directory.resolve("other.crt");
    Path store = directory.resolve("o.p12");
    keytool(store, "-genkeypair", "-alias", "o", "-keyalg", "EC", "-dname", "CN=other");
    keytool(store, "-exportcert", "-alias", "o", "-rfc", "-file", other.toString());

    assertThat(node(other).look(Taint.DEFAULT)).isInstanceOf(Answer.Failed.class);
    assertThat(tokens).isEmpty();
  }

  @Test
  void aServerThatIsNotThereIsAFailure() {
    server.stop(0);

    assertThat(node().look(Taint.DEFAULT)).isInstanceOf(Answer.Failed.class);
  }

  @Test
  void inAPodTheServerIsTheOneThatIsNamed() {
    assertThat(ApiServer.inCluster(Map.of(), "n")).isEmpty();
    assertThat(
            ApiServer.inCluster(
                Map.of("KUBERNETES_SERVICE_HOST", "fd00::1", "KUBERNETES_SERVICE_PORT", "443"),
                "n"))
        .isPresent();
  }

  private static void keytool(Path store, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }

  private void handle(HttpExchange exchange) throws IOException {
    clients.add(exchange.getRemoteAddress().getPort());
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    tokens.add(exchange.getRequestHeaders().getFirst("Authorization"));
    bodies.add(
        exchange.getRequestMethod()
            + " "
            + exchange.getRequestURI()
            + " "
            + exchange.getRequestHeaders().getFirst("Content-Type")
            + " "
            + body);
    byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private OwnNode node() {
    return node(keys.resolve("ca.crt"));
  }

  private OwnNode node(Path certificates) {
    URI url = URI.create("https://127.0.0.1:" + server.getAddress().getPort());
    return new ApiServer(url, "node-1", token, certificates);
  }
}
