package dev.tarn.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.catalog.Catalog;
import dev.tarn.core.proof.Deliveries;
import dev.tarn.core.range.ChunkGrid;
import dev.tarn.core.store.BlobStore;
import dev.tarn.core.store.DiskBlobStore;
import dev.tarn.core.store.FileSystemSpace;
import dev.tarn.core.store.PartialBlob;
import dev.tarn.core.store.StoreOptions;
import dev.tarn.server.peer.PeerPki;
import dev.tarn.server.testing.Clients;
import dev.tarn.server.testing.Keys;
import dev.tarn.server.testing.RawClient;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.Sample;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clients of whole nodes get that have peers, and what upstream is asked for. */
class ClusterTest {
  @TempDir Path directory;

  @Test
  void aBlobThatOneNodeAsksForIsOneOrdinaryGetAndNobodyElseStoresAByte() throws Exception {
    Sample blob = Sample.blob(1, 9_000_000);
    try (Cluster cluster = Cluster.start(3, directory)) {
      cluster.upstream.on(blob.path(), blob.reply());

      HttpResponse<byte[]> answer = cluster.get(1, blob.uri());

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo(blob.bytes());
      assertThat(cluster.upstream.requests()).hasSize(1);
      assertThat(cluster.upstream.requests().getFirst().header("range")).isEmpty();
      assertThat(cluster.metrics(0)).contains("tarn_store_blobs 0.0");
      assertThat(cluster.metrics(2)).contains("tarn_store_blobs 0.0");
    }
  }

  @Test
  void whatOneNodeHoldsTheOthersTakeFromItAndAskUpstreamOnlyWhetherTheyMay() throws Exception {
    Sample blob = Sample.blob(2, 9_000_000);
    try (Cluster cluster = Cluster.start(3, directory)) {
      cluster.upstream.on(blob.path(), blob.reply());
      assertThat(cluster.get(0, blob.uri()).body()).isEqualTo(blob.bytes());

      HttpResponse<byte[]> second = cluster.get(1, blob.uri());
      HttpResponse<byte[]> third = cluster.get(2, blob.uri());

      assertThat(second.body()).isEqualTo(blob.bytes());
      assertThat(third.body()).isEqualTo(blob.bytes());
      assertThat(cluster.upstream.count("GET", blob.path())).isEqualTo(1);
      assertThat(cluster.upstream.count("HEAD", blob.path())).isEqualTo(2);
      assertThat(second.headers().firstValue("Cache-Status").orElse("")).contains("peer");
    }
  }

  /** What a peer sends may be passed on only when the whole chunk is here, and matches. */
  @Test
  void onASlowLinkNobodyIsSentUpstreamWhileAChunkComes() throws Exception {
    Sample blob = Sample.blob(20, 3_000_000);
    Map<String, String> impatient =
        Map.of("TARN_REGISTRY_HEADER_TIMEOUT", "3s", "TARN_REGISTRY_STALL_TIMEOUT", "3s");
    try (Cluster cluster = Cluster.startWith(impatient, 2, directory)) {
      Reply slow = blob.reply().dripping(48 * 1024, Duration.ofMillis(120));
      cluster.upstream.on(blob.path(), slow);

      List<HttpResponse<byte[]>> answers =
          Clients.atOnce(2, number -> () -> cluster.get(number, blob.uri()));

      assertThat(answers)
          .allSatisfy(
              answer -> {
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body()).isEqualTo(blob.bytes());
              });
      assertThat(cluster.upstream.count("GET", blob.path())).isEqualTo(1);
    }
  }

  @Test
  void allNodesAtOnceGetItTogether() throws Exception {
    Sample blob = Sample.blob(3, 30_000_000);
    try (Cluster cluster = Cluster.start(4, directory)) {
      cluster.upstream.on(blob.path(), blob.reply());

      List<HttpResponse<byte[]>> answers =
          Clients.atOnce(4, number -> () -> cluster.get(number, blob.uri()));

      assertThat(answers)
          .allSatisfy(
              answer -> {
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body()).isEqualTo(blob.bytes());
              });
      // What upstream sent is one copy where homes are in time; by itself each node would fetch
      // four.
      assertThat(cluster.sum("tarn_fetched_bytes_total{source=\"peer\"}"))
          .isGreaterThan(blob.size());
      assertThat(cluster.sum("tarn_fetched_bytes_total{source=\"upstream\"}"))
          .isLessThan(3.0 * blob.size());
    }
  }

  @Test
  void whatContainerdHoldsIsServedToThoseWhomUpstreamLetsIn() throws Exception {
    Sample blob = Sample.blob(12, 300_000);
    Path blobs = directory.resolve("content/blobs");
    Path file = blobs.resolve("sha256").resolve(blob.digest().hex());
    Files.createDirectories(file.getParent());
    Files.write(file, blob.bytes());
    records(0).note(Keys.of(blob.digest()), null);
    try (Cluster cluster = Cluster.withContainerd(blobs, directory)) {
      cluster.upstream.on(blob.path(), blob.reply());
      Awaitility.await().until(() -> cluster.sum("tarn_containerd_verified_blobs") == 1);

      HttpResponse<byte[]> answer = cluster.get(0, blob.uri());

      assertThat(answer.body()).isEqualTo(blob.bytes());
      assertThat(answer.headers().firstValue("Cache-Status").orElse("")).contains("containerd");
      assertThat(cluster.upstream.count("HEAD", blob.path())).isEqualTo(1);
      assertThat(cluster.upstream.count("GET", blob.path())).isZero();
    }
  }

  @Test
  void aNodeWhoseClientMayNotHaveItGetsUpstreamsChallengeThoughAPeerHoldsIt() throws Exception {
    Sample blob = Sample.blob(4, 9_000_000);
    String challenge = "Basic realm=\"private\"";
    try (Cluster cluster = Cluster.start(2, directory)) {
      cluster.upstream.on(
          blob.path(),
          request ->
              request.header("authorization").isPresent()
                  ? blob.reply().answer(request)
                  : Reply.challenge(challenge).answer(request));
      String[] credential = {"Authorization", "Basic dXNlcjpzZWNyZXQ="};
      assertThat(cluster.get(0, blob.uri(), credential).body()).isEqualTo(blob.bytes());

      HttpResponse<byte[]> stranger = cluster.get(1, blob.uri());
      HttpResponse<byte[]> entitled = cluster.get(1, blob.uri(), credential);

      assertThat(stranger.statusCode()).isEqualTo(401);
      assertThat(stranger.headers().firstValue("WWW-Authenticate")).contains(challenge);
      assertThat(entitled.body()).isEqualTo(blob.bytes());
    }
  }

  @Test
  void whatUpstreamDoesNotHaveIsNotFound() throws Exception {
    Sample blob = Sample.blob(5, 100);
    try (Cluster cluster = Cluster.start(3, directory)) {
      cluster.upstream.on(blob.path(), Reply.status(404));

      assertThat(cluster.get(0, blob.uri()).statusCode()).isEqualTo(404);
      assertThat(cluster.get(1, blob.uri()).statusCode()).isEqualTo(404);
    }
  }

  @Test
  void aManifestThatAllNodesPullByItsTagIsSentOnceByUpstream() throws Exception {
    Sample manifest = Sample.manifest(6);
    try (Cluster cluster = Cluster.start(3, directory)) {
      cluster.upstream.on(Sample.tagPath("1.0"), manifest.reply());
      cluster.upstream.on(manifest.path(), manifest.reply());

      assertThat(cluster.get(0, Sample.tagUri("1.0")).body()).isEqualTo(manifest.bytes());
      HttpResponse<byte[]> second = cluster.get(1, Sample.tagUri("1.0"));
      HttpResponse<byte[]> third = cluster.get(2, manifest.uri());

      assertThat(second.body()).isEqualTo(manifest.bytes());
      assertThat(second.headers().firstValue("Content-Type")).contains(Sample.MANIFEST_TYPE);
      assertThat(second.headers().firstValue("Cache-Status").orElse("")).contains("peer");
      assertThat(third.body()).isEqualTo(manifest.bytes());
      assertThat(third.headers().firstValue("Content-Type")).contains(Sample.MANIFEST_TYPE);
      assertThat(
              cluster.upstream.requests().stream()
                  .filter(request -> request.method().equals("GET")))
          .hasSize(1);
    }
  }

  @Test
  void nodesWithCertificatesOfOneAuthorityTakeFromEachOther() throws Exception {
    Sample blob = Sample.blob(8, 9_000_000);
    PeerPki pki = PeerPki.create();
    try (Cluster cluster =
        Cluster.start(2, directory, node -> Cluster.tls(pki.node("node-" + node)))) {
      Sample first = Sample.blob(80, 1000);
      cluster.upstream.on(blob.path(), blob.reply());
      cluster.upstream.on(first.path(), first.reply());
      // A process's first handshakes take longer than a home may take to answer.
      cluster.get(0, first.uri());
      cluster.get(1, first.uri());

      assertThat(cluster.get(0, blob.uri()).body()).isEqualTo(blob.bytes());
      assertThat(cluster.get(1, blob.uri()).body()).isEqualTo(blob.bytes());

      assertThat(cluster.upstream.count("GET", blob.path())).isEqualTo(1);
      assertThat(cluster.metrics(1))
          .contains("tarn_peer_received_bytes_total{from=\"same_zone\"} 9");
    }
  }

  @Test
  void aNodeOfAnotherInstallationGetsNothingFromNodesAndItsClientsAllFromUpstream()
      throws Exception {
    Sample blob = Sample.blob(9, 9_000_000);
    PeerPki ours = PeerPki.create();
    PeerPki theirs = PeerPki.create();
    try (Cluster cluster =
        Cluster.start(
            2, directory, node -> Cluster.tls((node == 0 ? ours : theirs).node("node-" + node)))) {
      cluster.upstream.on(blob.path(), blob.reply());

      assertThat(cluster.get(0, blob.uri()).body()).isEqualTo(blob.bytes());
      assertThat(cluster.get(1, blob.uri()).body()).isEqualTo(blob.bytes());

      assertThat(cluster.upstream.count("GET", blob.path())).isEqualTo(2);
      assertThat(cluster.metrics(0)).contains("tarn_peer_sent_bytes_total 0.0");
    }
  }

  @Test
  void whereAllPeersAreGoneANodePullsByItself() throws Exception {
    Sample blob = Sample.blob(10, 9_000_000);
    try (Cluster cluster = Cluster.start(4, directory)) {
      cluster.upstream.on(blob.path(), blob.reply());
      assertThat(cluster.get(1, blob.uri()).body()).isEqualTo(blob.bytes());

      cluster.stop(1);
      cluster.stop(2);
      cluster.stop(3);
      HttpResponse<byte[]> answer = cluster.get(0, blob.uri());

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo(blob.bytes());
    }
  }

  @Test
  void aBlobWhoseBytesAreWrongUpstreamIsDeliveredWholeToNobody() throws Exception {
    Sample blob = Sample.blob(11, 9_000_000);
    try (Cluster cluster = Cluster.start(2, directory)) {
      cluster.upstream.on(blob.path(), blob.reply().withWrongByteAt(5_000_000));

      for (int node = 0; node < 2; node++) {
        RawClient.Response answer = RawClient.get(cluster.node(node).registryAddress(), blob.uri());
        assertThat(answer.claimsWhole()).isFalse();
      }
    }
  }

  @Test
  void whatAnEarlierTransferLeftIsNotFetchedAgain() throws Exception {
    Sample blob = Sample.blob(7, 9_000_000);
    int left = 2 * ChunkGrid.CHUNK_BYTES;
    leaveBehind(blob, left);
    try (Cluster cluster = Cluster.start(1, directory)) {
      cluster.upstream.on(blob.path(), blob.reply());

      assertThat(cluster.get(0, blob.uri()).body()).isEqualTo(blob.bytes());

      assertThat(cluster.upstream.requests()).hasSize(1);
      assertThat(cluster.upstream.requests().getFirst().header("range"))
          .contains("bytes=" + left + "-");
    }
  }

  @Test
  void whatContainerdHoldsOfNobodyKnowsWhomIsFetched() throws Exception {
    Sample blob = Sample.blob(12, 300_000);
    Path blobs = directory.resolve("content/blobs");
    Path file = blobs.resolve("sha256").resolve(blob.digest().hex());
    Files.createDirectories(file.getParent());
    Files.write(file, blob.bytes());
    try (Cluster cluster = Cluster.withContainerd(blobs, directory)) {
      cluster.upstream.on(blob.path(), blob.reply());
      Awaitility.await().until(() -> cluster.sum("tarn_containerd_verified_blobs") == 1);

      assertThat(cluster.get(0, blob.uri()).body()).isEqualTo(blob.bytes());

      assertThat(cluster.upstream.count("GET", blob.path())).isEqualTo(1);
    }
  }

  /** What a node that is not running remembers of who delivered what. */
  private Deliveries records(int node) throws IOException {
    Path catalog = directory.resolve("node-" + node).resolve("catalog");
    return new Deliveries(Catalog.open(Files.createDirectories(catalog)), Clock.systemUTC());
  }

  private void leaveBehind(Sample blob, int bytes) throws IOException {
    records(0).arrives(Keys.of(blob.digest()));
    StoreOptions options =
        new StoreOptions(
            directory.resolve("node-0"), OptionalLong.empty(), 0, 0, 1L << 30, Duration.ofHours(1));
    try (DiskBlobStore store =
            DiskBlobStore.open(
                options,
                Clock.systemUTC(),
                FileSystemSpace.of(Files.createDirectories(options.path())),
                Runnable::run);
        PartialBlob partial =
            ((BlobStore.Admission.Admitted) store.admit(blob.digest(), blob.size())).partial()) {
      partial.write(ByteBuffer.wrap(blob.bytes(), 0, bytes), 0);
      for (int chunk = 0; chunk < bytes / ChunkGrid.CHUNK_BYTES; chunk++) {
        partial.chunkWritten(chunk);
      }
      partial.keep();
    }
  }
}
