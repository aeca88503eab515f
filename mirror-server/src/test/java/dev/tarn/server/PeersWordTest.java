package dev.tarn.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.placement.Member;
import dev.tarn.core.placement.Membership;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.Sample;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What nodes that never had an image give their clients of it while upstream cannot be asked. */
class PeersWordTest {
  private static final Sample MANIFEST = Sample.manifest(1);
  private static final Sample LAYER = Sample.blob(2, 9_000_000);
  private static final Sample CONFIG = Sample.blob(3, 2_000);
  private static final List<Sample> IMAGE = List.of(MANIFEST, CONFIG, LAYER);
  private static final String[] ACCEPT = {"Accept", Sample.ACCEPT.substring("Accept: ".length())};
  private static final String[] CREDENTIAL = {"Authorization", "Basic dXNlcjpzZWNyZXQ="};

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(ints = {503, 429})
  void whatAnybodyMayReadIsGivenByDigest(int status) throws Exception {
    try (Cluster cluster = Cluster.start(3, directory)) {
      pulled(cluster);
      outage(cluster, status);

      for (Sample object : IMAGE) {
        HttpResponse<byte[]> answer = cluster.get(1, object.uri());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(object.bytes());
      }
      HttpResponse<byte[]> again = cluster.get(1, MANIFEST.uri());
      assertThat(again.statusCode()).isEqualTo(200);
      assertThat(again.headers().firstValue("Content-Type")).contains(Sample.MANIFEST_TYPE);
      assertThat(cluster.get(1, CONFIG.uri()).body()).isEqualTo(CONFIG.bytes());
    }
  }

  /** Whoever has it by another's word may be the one to give it, or the only one that is left. */
  @Test
  void aWordIsPassedOnWithTheContent() throws Exception {
    try (Cluster cluster = Cluster.start(4, directory)) {
      pulled(cluster);
      outage(cluster, 503);
      for (int node = 1; node < 4; node++) {
        for (Sample object : IMAGE) {
          assertThat(cluster.get(node, object.uri()).statusCode())
              .as("node %d", node)
              .isEqualTo(200);
        }
      }
    }
  }

  @Test
  void upstreamsOwnWordEndsIt() throws Exception {
    try (Cluster cluster = Cluster.start(3, directory)) {
      pulled(cluster);
      outage(cluster, 503);
      assertThat(cluster.get(1, CONFIG.uri()).statusCode()).isEqualTo(200);

      outage(cluster, 404);
      // Not asked again at once, since it failed.
      Awaitility.await().until(() -> cluster.get(1, CONFIG.uri()).statusCode() == 404);
      assertThat(cluster.get(1, LAYER.uri()).statusCode()).isEqualTo(404);

      outage(cluster, 403);
      assertThat(cluster.get(1, CONFIG.uri()).statusCode()).isEqualTo(403);
    }
  }

  @Test
  void whatIsPrivateIsGivenToNobodyThere() throws Exception {
    try (Cluster cluster = Cluster.start(2, directory)) {
      lockedPull(cluster);
      outage(cluster, 503);

      for (Sample object : IMAGE) {
        assertThat(cluster.get(1, object.uri()).statusCode()).isNotEqualTo(200);
        assertThat(cluster.get(1, object.uri(), CREDENTIAL).statusCode()).isNotEqualTo(200);
      }
    }
  }

  @Test
  void ofASharedRegistryEverythingIsGiven() throws Exception {
    try (Cluster cluster = Cluster.withRules("shared: true", 2, directory)) {
      lockedPull(cluster);
      outage(cluster, 503);

      for (Sample object : IMAGE) {
        assertThat(cluster.get(1, object.uri()).body()).isEqualTo(object.bytes());
      }
    }
  }

  @Test
  void whereAnOutageIsToRefuseItDoes() throws Exception {
    try (Cluster cluster = Cluster.withRules("onUpstreamFailure: refuse", 2, directory)) {
      pulled(cluster);
      outage(cluster, 503);

      for (Sample object : IMAGE) {
        assertThat(cluster.get(1, object.uri()).statusCode()).isNotEqualTo(200);
      }
    }
  }

  @Test
  void whereItIsSwitchedOffANodeGoesByWhatItWasToldItself() throws Exception {
    Map<String, String> off = Map.of("TARN_PEERS_WORD_IN_OUTAGE", "false");
    try (Cluster cluster = Cluster.startWith(off, 2, directory)) {
      pulled(cluster);
      outage(cluster, 503);

      for (Sample object : IMAGE) {
        assertThat(cluster.get(0, object.uri()).statusCode()).isEqualTo(200);
        assertThat(cluster.get(1, object.uri()).statusCode()).isNotEqualTo(200);
      }
    }
  }

  /**
   * A repository that is public to one node by what it was told long ago, and to another is not.
   */
  @Test
  void aNodeThatWasAskedForACredentialTakesNobodysWordThatNoneIsNeeded() throws Exception {
    try (Cluster cluster = Cluster.start(2, directory)) {
      pulled(cluster);
      IMAGE.forEach(
          object -> cluster.upstream.on(object.path(), Reply.challenge("Basic realm=\"now\"")));
      assertThat(cluster.get(1, CONFIG.uri()).statusCode()).isEqualTo(401);
      outage(cluster, 503);

      for (Sample object : IMAGE) {
        assertThat(cluster.get(1, object.uri()).statusCode()).isNotEqualTo(200);
      }
    }
  }

  @Test
  void aTagIsWhatMostOfItsHomesHeardOfUpstreamThemselves() throws Exception {
    try (Cluster cluster = Cluster.start(6, directory)) {
      pulled(cluster);
      pulledByTag(cluster);
      outage(cluster, 503);
      int stranger = strangers().getFirst();
      // Homes keep what they were answered a moment after upstream has said it.
      Awaitility.await().until(() -> statusOfTag(cluster, stranger) == 200);

      for (int node = 0; node < 6; node++) {
        HttpResponse<byte[]> answer = cluster.get(node, Sample.tagUri("1.0"), ACCEPT);

        assertThat(answer.statusCode()).as("node %d", node).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(MANIFEST.bytes());
        assertThat(answer.headers().firstValue("Content-Type")).contains(Sample.MANIFEST_TYPE);
        assertThat(answer.headers().firstValue("Cache-Status").orElse("")).contains("stale");
      }
      assertThat(cluster.sum("tarn_stale_answers_total{registry=\"example.com\"")).isEqualTo(7);
      assertThat(cluster.sum("tarn_tags_from_peers_total{registry=\"example.com\""))
          .isEqualTo(1 + strangers().size());
      outage(cluster, 404);
      Awaitility.await().until(() -> statusOfTag(cluster, stranger) == 404);
    }
  }

  @Test
  void oneHomeAloneIsBelievedByNobody() throws Exception {
    try (Cluster cluster = Cluster.start(6, directory)) {
      pulled(cluster);
      pulledByTag(cluster);
      outage(cluster, 503);
      homes().stream().filter(home -> home != 0).limit(2).forEach(cluster::stop);

      assertThat(strangers())
          .allSatisfy(stranger -> assertThat(statusOfTag(cluster, stranger)).isNotEqualTo(200));
    }
  }

  /** What upstream does not say to the home itself, the home does not say. */
  @Test
  void aHomeRepeatsNoHearsay() throws Exception {
    try (Cluster cluster = Cluster.start(6, directory)) {
      pulled(cluster);
      String tag = Sample.tagPath("1.0");
      // The first alone is told of the tag; to all others upstream says that there is none.
      cluster.upstream.on(tag, MANIFEST.reply(), Reply.status(404));
      assertThat(cluster.get(0, Sample.tagUri("1.0"), ACCEPT).statusCode()).isEqualTo(200);
      int told = homes().contains(0) ? 2 : 3;
      Awaitility.await().until(() -> cluster.upstream.count("HEAD", tag) == 1 + told);
      outage(cluster, 503);

      for (int node = 1; node < 6; node++) {
        assertThat(statusOfTag(cluster, node)).isNotEqualTo(200);
      }
    }
  }

  private static int statusOfTag(Cluster cluster, int node) {
    return cluster.get(node, Sample.tagUri("1.0"), ACCEPT).statusCode();
  }

  /** Nodes that are neither home of the tag nor pulled it. */
  private static List<Integer> strangers() {
    List<Integer> homes = homes();
    return IntStream.range(1, 6).filter(node -> !homes.contains(node)).boxed().toList();
  }

  /** As of six nodes. */
  private static List<Integer> homes() {
    List<Member> members =
        IntStream.range(0, 6)
            .mapToObj(node -> new Member("node-" + node, "zone", "127.0.0.1:1", true))
            .toList();
    return Membership.of(1, members)
        .placement()
        .ranked(Digest.sha256("example.com/library/app:1.0"), 0, 3)
        .stream()
        .map(member -> Integer.parseInt(member.name().substring("node-".length())))
        .toList();
  }

  /** Node 0 asks for the tag, and its homes ask upstream. */
  private static void pulledByTag(Cluster cluster) {
    String tag = Sample.tagPath("1.0");
    cluster.upstream.on(tag, MANIFEST.reply());
    assertThat(cluster.get(0, Sample.tagUri("1.0"), ACCEPT).body()).isEqualTo(MANIFEST.bytes());
    int told = homes().contains(0) ? 2 : 3;
    Awaitility.await().until(() -> cluster.upstream.count("HEAD", tag) == 1 + told);
  }

  /** Node 0 has the image. */
  private static void pulled(Cluster cluster) {
    for (Sample object : IMAGE) {
      cluster.upstream.on(object.path(), object.reply());
      assertThat(cluster.get(0, object.uri()).body()).isEqualTo(object.bytes());
    }
  }

  /** The same of an image for which a credential is needed. */
  private static void lockedPull(Cluster cluster) {
    for (Sample object : IMAGE) {
      cluster.upstream.on(
          object.path(),
          request ->
              request.header("authorization").isPresent()
                  ? object.reply().answer(request)
                  : Reply.challenge("Basic realm=\"private\"").answer(request));
      assertThat(cluster.get(0, object.uri(), CREDENTIAL).body()).isEqualTo(object.bytes());
    }
  }

  private static void outage(Cluster cluster, int status) {
    IMAGE.forEach(object -> cluster.upstream.on(object.path(), Reply.status(status)));
    cluster.upstream.on(Sample.tagPath("1.0"), Reply.status(status));
  }
}
