package dev.tarn.server.membership.kubernetes.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tarn.server.net.Transport;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.ScriptedUpstream;
import dev.tarn.server.testing.TestCertificate;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whom the client talks to over TLS. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TrustTest {
  private static final byte[] LARGE = new byte[4 << 20];

  @TempDir Path directory;

  private final Transport transport = Transport.start(1);
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private Path authorities;
  private HttpClient client;

  @BeforeEach
  void start() {
    authorities = directory.resolve("ca.crt");
    Config config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl("https://127.0.0.1")
            .withRequestRetryBackoffLimit(0)
            .build();
    client =
        new ApiHttpFactory(transport, executor, Optional.of(authorities))
            .newBuilder(config)
            .build();
  }

  @AfterEach
  void stop() {
    client.close();
    executor.shutdownNow();
    transport.close();
  }

  @Test
  void aServerWhoseAuthorityIsKnownIsHeardUnderItsAddressAndItsName() throws Exception {
    TestCertificate certificate = certificate("ip:127.0.0.1,dns:localhost");
    trust(certificate);
    try (ScriptedUpstream server = server(certificate)) {
      assertThat(get(server, "127.0.0.1").body()).isEqualTo(LARGE);
      assertThat(get(server, "localhost").body()).isEqualTo(LARGE);
      await().until(() -> server.openConnections() == 0);
    }
  }

  @Test
  void aServerOfAnotherAuthorityIsRefusedWithTheReason() throws Exception {
    trust(certificate("ip:127.0.0.1"));
    try (ScriptedUpstream server = server(certificate("ip:127.0.0.1"))) {
      assertThatThrownBy(() -> get(server, "127.0.0.1"))
          .hasCauseInstanceOf(IOException.class)
          .hasMessageContaining("no TLS with " + server.authority())
          .hasMessageContaining("Signature does not match");
      assertThat(server.requests()).isEmpty();
      await().until(() -> server.openConnections() == 0);
    }
  }

  @Test
  void aServerOfAnotherNameIsRefusedWithTheReason() throws Exception {
    TestCertificate certificate = certificate("dns:elsewhere.example,ip:127.0.0.9");
    trust(certificate);
    try (ScriptedUpstream server = server(certificate)) {
      assertThatThrownBy(() -> get(server, "127.0.0.1"))
          .hasMessageContaining("No subject alternative names matching IP address 127.0.0.1");
      assertThatThrownBy(() -> get(server, "localhost"))
          .hasMessageContaining("matching")
          .hasMessageContaining("localhost");
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void authoritiesThatAreReplacedAreThoseOfTheNextConnection() throws Exception {
    TestCertificate certificate = certificate("ip:127.0.0.1");
    try (ScriptedUpstream server = server(certificate)) {
      assertThatThrownBy(() -> get(server, "127.0.0.1"))
          .hasMessageContaining("no certificate authorities from " + authorities);
      trust(certificate("ip:127.0.0.1"));
      assertThatThrownBy(() -> get(server, "127.0.0.1"))
          .hasMessageContaining("Signature does not match");

      trust(certificate);

      assertThat(get(server, "127.0.0.1").code()).isEqualTo(200);
    }
  }

  private ScriptedUpstream server(TestCertificate certificate) {
    return ScriptedUpstream.startTls(certificate.server()).on("/list", Reply.blob(LARGE));
  }

  private TestCertificate certificate(String names) throws Exception {
    return TestCertificate.make(directory, names);
  }

  private void trust(TestCertificate certificate) throws IOException {
    Files.copy(certificate.pem(), authorities, StandardCopyOption.REPLACE_EXISTING);
  }

  private HttpResponse<byte[]> get(ScriptedUpstream server, String host) throws Exception {
    return client
        .sendAsync(
            client
                .newHttpRequestBuilder()
                .uri("https://" + host + ":" + server.port() + "/list")
                .build(),
            byte[].class)
        .get(15, TimeUnit.SECONDS);
  }
}
