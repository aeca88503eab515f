package dev.tarn.server.membership.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tarn.core.placement.Member;
import dev.tarn.server.membership.MemberSource;
import dev.tarn.server.net.Transport;
import dev.tarn.server.testing.TestCertificate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** As in a pod: an API server with a certificate, its authority in a file. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EndpointSliceSourceTlsTest {
  @TempDir Path directory;

  private final Transport transport = Transport.start(1);
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final List<List<Member>> found = new CopyOnWriteArrayList<>();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private Path token;
  private TestCertificate certificate;
  private ApiServer api;

  @BeforeEach
  void start() throws Exception {
    token = Files.writeString(directory.resolve("token"), "first");
    certificate = TestCertificate.make(directory, "ip:127.0.0.1");
    api = new ApiServer(Optional.of(certificate.server()));
    api.put("tarn-0", "IPv4", endpoints(2));
  }

  @AfterEach
  void stop() {
    api.close();
    executor.shutdownNow();
    transport.close();
  }

  @Test
  void membersAreListedAndWatched() {
    try (MemberSource source = started(certificate.pem())) {
      await().until(() -> api.openWatches() == 1);

      api.put("tarn-0", "IPv4", endpoints(5));

      await().until(() -> !found.isEmpty() && found.getLast().size() == 5);
      assertThat(api.lists()).isOne();
      assertThat(failures).isEmpty();
      assertThat(source.age()).isLessThan(Duration.ofMinutes(1));
    }
  }

  @Test
  void aWatchThatBreaksGoesOnWithTheTokenOfThen() throws Exception {
    try (MemberSource _ = started(certificate.pem())) {
      await().until(() -> api.openWatches() == 1);

      Files.writeString(token, "second");
      api.accept("second");
      api.bookmark();
      api.breakWatches();
      api.put("tarn-0", "IPv4", endpoints(3));

      await().until(() -> !found.isEmpty() && found.getLast().size() == 3);
      assertThat(api.requests().getLast().authorization()).isEqualTo("Bearer second");
      assertThat(api.lists()).isOne();
    }
  }

  @Test
  void anApiServerOfAnotherAuthorityIsNotBelievedAndTheReasonIsTold() throws Exception {
    Path other = TestCertificate.make(directory, "ip:127.0.0.1").pem();
    try (MemberSource _ = started(other)) {
      await().until(() -> failures.size() >= 2);

      assertThat(failures.getFirst())
          .hasStackTraceContaining("no TLS with 127.0.0.1")
          .hasStackTraceContaining("Signature does not match");
      assertThat(found).isEmpty();
      assertThat(api.requests()).isEmpty();
    }
  }

  private MemberSource started(Path authority) {
    MemberSource source =
        new EndpointSliceSource(
            new EndpointSliceSource.Settings("", "tarn", 5051, Duration.ofMillis(20)),
            () -> new InCluster(api.url(), Optional.of(authority), token, "tarn"),
            transport,
            (_, task) -> executor.execute(task),
            executor,
            new Random(7),
            System::nanoTime);
    source.start(
        new MemberSource.Sink() {
          @Override
          public void found(Collection<Member> members) {
            found.add(List.copyOf(members));
          }

          @Override
          public void failed(Throwable cause) {
            failures.add(cause);
          }
        });
    return source;
  }

  private static List<Map<String, Object>> endpoints(int count) {
    return IntStream.range(0, count)
        .<Map<String, Object>>mapToObj(
            i ->
                Map.of(
                    "addresses", List.of("10.0.0." + i), "nodeName", "node-" + i, "zone", "zone"))
        .toList();
  }
}
