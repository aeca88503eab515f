package dev.tarn.server.membership.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tarn.core.placement.Member;
import dev.tarn.core.placement.Membership;
import dev.tarn.server.membership.ClusterMembership;
import dev.tarn.server.membership.LocalNode;
import dev.tarn.server.membership.MembershipListener;
import dev.tarn.server.net.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against an API server of our own: real HTTP, the real informer. */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EndpointSliceSourceTest {
  private static final Duration RECONNECT = Duration.ofMillis(20);

  @TempDir Path directory;

  private final Transport transport = Transport.start(1);
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Membership> snapshots = new CopyOnWriteArrayList<>();
  private final AtomicInteger failures = new AtomicInteger();
  private final AtomicLong now = new AtomicLong();
  private Path token;
  private ApiServer api;
  private ClusterMembership membership;

  @BeforeEach
  void startServer() throws IOException {
    token = Files.writeString(directory.resolve("token"), "first\n");
    api = new ApiServer();
    // Nothing is put off: what is to happen later happens at once.
    EndpointSliceSource source =
        new EndpointSliceSource(
            new EndpointSliceSource.Settings("", "tarn", 5051, RECONNECT),
            () -> new InCluster(api.url(), Optional.empty(), token, "tarn"),
            transport,
            (delay, task) -> executor.execute(task),
            executor,
            new Random(7),
            now::get);
    membership =
        new ClusterMembership(
            source, new LocalNode("node-0001", "", 5051, Set.of()), System::nanoTime);
    membership.listen(
        new MembershipListener() {
          @Override
          public void changed(Membership before, Membership after) {
            snapshots.add(after);
          }

          @Override
          public void sourceFailed(Throwable cause) {
            failures.incrementAndGet();
          }
        });
  }

  @AfterEach
  void stopServer() {
    membership.close();
    api.close();
    executor.shutdownNow();
    transport.close();
  }

  @Test
  void whatIsListedIsTheFirstSnapshotWhole() {
    for (int slice = 0; slice < 25; slice++) {
      api.put("tarn-" + slice, "IPv4", endpoints(slice * 4, 4));
    }
    membership.start();

    await().until(() -> !snapshots.isEmpty());

    assertThat(snapshots.getFirst().members()).hasSize(100);
    assertThat(snapshots.getFirst().members().getFirst())
        .isEqualTo(new Member("node-0000", "zone-0", "10.0.0.0:5051", true));
    assertThat(membership.self()).map(Member::name).contains("node-0001");
    assertThat(membership.zone()).isEqualTo("zone-1");
    assertThat(api.lists()).as("in one piece").isOne();
    assertThat(api.requests().getFirst().query())
        .as("from the API server's cache")
        .containsEntry("resourceVersion", "0");
  }

  @Test
  void onlyListsAndWatchesOfTheServicesSlicesAreAskedFor() {
    api.put("tarn-0", "IPv4", endpoints(0, 2));
    startAndWatch();

    assertThat(api.requests())
        .allSatisfy(
            request -> {
              assertThat(request.method()).isEqualTo("GET");
              assertThat(request.path()).endsWith("/namespaces/tarn/endpointslices");
              assertThat(request.query())
                  .containsEntry("labelSelector", "kubernetes.io/service-name=tarn");
              assertThat(request.authorization()).isEqualTo("Bearer first");
            });
    assertThat(api.requests().getLast().query()).containsEntry("allowWatchBookmarks", "true");
  }

  @Test
  void changesArriveThroughTheWatch() {
    api.put("tarn-0", "IPv4", endpoints(0, 3));
    startAndWatch();

    api.put("tarn-1", "IPv4", endpoints(3, 2));
    awaitMembers(5);
    api.put("tarn-0", "IPv4", endpoints(0, 1));
    awaitMembers(3);
    api.delete("tarn-1");
    awaitMembers(1);

    assertThat(api.lists()).isOne();
  }

  @Test
  void aNodeThatIsNotReadyStaysAMember() {
    api.put("tarn-0", "IPv4", endpoints(0, 2));
    startAndWatch();

    api.put("tarn-0", "IPv4", List.of(endpoint(0, true), endpoint(1, false)));

    await().until(() -> !membership.current().members().getLast().ready());
    assertThat(membership.current().members()).hasSize(2);
  }

  @Test
  void aServiceWithoutEndpointsHasNoMembers() {
    startAndWatch();
    assertThat(membership.current().members()).isEmpty();
    assertThat(membership.self()).isEmpty();
  }

  @Test
  void aWatchThatBreaksGoesOnWhereItWas() {
    api.put("tarn-0", "IPv4", endpoints(0, 2));
    startAndWatch();

    api.bookmark();
    api.breakWatches();
    api.put("tarn-1", "IPv4", endpoints(2, 2));

    awaitMembers(4);
    assertThat(api.lists()).isOne();
    assertThat(api.watches()).isGreaterThan(1);
  }

  @Test
  void aBookmarkMovesTheVersionFromWhichAWatchGoesOn() {
    api.put("tarn-0", "IPv4", endpoints(0, 2));
    startAndWatch();

    api.forgetHistory();
    api.bookmark();
    api.breakWatches();
    api.put("tarn-1", "IPv4", endpoints(2, 2));

    awaitMembers(4);
    assertThat(api.lists()).as("nothing was listed again").isOne();
  }

  @Test
  void whereTheVersionIsGoneEverythingIsListedAnewAndWhatVanishedIsNoMember() {
    api.put("tarn-0", "IPv4", endpoints(0, 2));
    api.put("tarn-1", "IPv4", endpoints(2, 2));
    startAndWatch();

    api.goAway();
    api.delete("tarn-1");
    api.put("tarn-2", "IPv4", endpoints(4, 3));
    api.forgetHistory();
    comeBack();

    awaitMembers(5);
    assertThat(api.lists()).isEqualTo(2);
  }

  @Test
  void whileTheApiServerIsAwayTheLastSnapshotStays() {
    api.put("tarn-0", "IPv4", endpoints(0, 3));
    startAndWatch();
    Membership before = membership.current();

    api.goAway();
    now.addAndGet(Duration.ofSeconds(90).toNanos());
    await().until(() -> failures.get() >= 2);
    assertThat(membership.current()).isSameAs(before);
    assertThat(membership.age()).hasSeconds(90);

    api.put("tarn-0", "IPv4", endpoints(0, 4));
    comeBack();
    awaitMembers(4);
    assertThat(membership.age()).isZero();
  }

  @Test
  void whileTheApiServerRefusesTheLastSnapshotStays() {
    api.put("tarn-0", "IPv4", endpoints(0, 3));
    startAndWatch();
    Membership before = membership.current();

    api.refuse(true);
    api.breakWatches();
    now.addAndGet(Duration.ofSeconds(90).toNanos());
    await().until(() -> failures.get() >= 2);
    assertThat(membership.current()).isSameAs(before);
    assertThat(membership.age()).hasSeconds(90);

    api.refuse(false);
    api.put("tarn-0", "IPv4", endpoints(0, 4));
    awaitMembers(4);
  }

  @Test
  void aBookmarkTellsThatWhatIsKnownStillHolds() {
    api.put("tarn-0", "IPv4", endpoints(0, 3));
    startAndWatch();
    now.addAndGet(Duration.ofSeconds(90).toNanos());
    assertThat(membership.age()).hasSeconds(90);

    api.bookmark();

    await().until(() -> membership.age().isZero());
  }

  @Test
  void anApiServerThatIsAwayAtTheStartIsAskedAgain() {
    api.put("tarn-0", "IPv4", endpoints(0, 3));
    api.goAway();
    membership.start();
    await().until(() -> failures.get() >= 2);
    assertThat(membership.current().members()).isEmpty();

    comeBack();

    awaitMembers(3);
  }

  @Test
  void aTokenThatIsNoLongerAcceptedIsReadAgain() throws IOException {
    api.put("tarn-0", "IPv4", endpoints(0, 1));
    startAndWatch();

    api.accept("second");
    api.bookmark();
    api.breakWatches();
    await().until(() -> failures.get() >= 2);
    Files.writeString(token, "second");

    await().until(() -> api.openWatches() == 1);
    assertThat(api.requests().getLast().authorization()).isEqualTo("Bearer second");
  }

  @Test
  void manyMembersAreListedAtOnceAndChangedOneSliceAtATime() {
    for (int slice = 0; slice < 26; slice++) {
      api.put("tarn-" + slice, "IPv4", endpoints(slice * 100, 100));
    }
    startAndWatch();
    awaitMembers(2600);

    api.put("tarn-7", "IPv4", endpoints(700, 99));

    awaitMembers(2599);
    assertThat(membership.current().find("node-0799")).isEmpty();
  }

  @Test
  void afterACloseNothingIsWatched() {
    api.put("tarn-0", "IPv4", endpoints(0, 1));
    startAndWatch();

    membership.close();
    api.put("tarn-0", "IPv4", endpoints(0, 2));

    await()
        .until(
            () -> {
              // Only who writes learns that nobody reads.
              api.bookmark();
              return api.openWatches() == 0;
            });
    assertThat(membership.current().members()).hasSize(1);
  }

  private void startAndWatch() {
    membership.start();
    await().until(() -> api.openWatches() == 1);
    if (api.hasSlices()) {
      await().until(() -> !snapshots.isEmpty());
    }
  }

  private void comeBack() {
    try {
      api.comeBack();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void awaitMembers(int count) {
    await().until(() -> membership.current().members().size() == count);
  }

  private static List<Map<String, Object>> endpoints(int first, int count) {
    List<Map<String, Object>> endpoints = new ArrayList<>();
    for (int i = first; i < first + count; i++) {
      endpoints.add(endpoint(i, true));
    }
    return endpoints;
  }

  private static Map<String, Object> endpoint(int number, boolean ready) {
    Map<String, Object> endpoint = new LinkedHashMap<>();
    endpoint.put("addresses", List.of("10.0." + number / 250 + "." + number % 250));
    endpoint.put("conditions", Map.of("ready", ready, "serving", ready, "terminating", false));
    endpoint.put("nodeName", "node-%04d".formatted(number));
    endpoint.put("zone", "zone-" + number % 3);
    endpoint.put(
        "targetRef",
        Map.of(
            "kind", "Pod", "name", "tarn-" + number, "namespace", "tarn", "uid", "uid-" + number));
    return endpoint;
  }
}
