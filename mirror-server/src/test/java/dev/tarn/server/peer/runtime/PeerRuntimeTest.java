package dev.tarn.server.peer.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tarn.core.name.BlobKey;
import dev.tarn.server.testing.Keys;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole nodes on real sockets: what each gets, and what upstream is asked for. */
class PeerRuntimeTest {
  private static final long FAST = 400_000_000;
  private static final long SLOW = 10_000_000;

  @TempDir Path directory;

  private static byte[] content(int length) {
    byte[] content = new byte[length];
    new Random(length).nextBytes(content);
    return content;
  }

  private static void settles(Nodes nodes) {
    await()
        .untilAsserted(
            () ->
                assertThat(nodes.all)
                    .allSatisfy(
                        node -> {
                          assertThat(node.runtime().flows()).isZero();
                          assertThat(node.runtime().arriving()).isZero();
                          assertThat(node.endpoint.uploads()).isZero();
                          assertThat(node.files.open).hasValue(0);
                        }));
  }

  @Test
  void whoeverIsAloneFetchesUpstreamInOneRequestAndNobodyElseStoresAByte() throws Exception {
    TestUpstream upstream = new TestUpstream(FAST);
    byte[] content = content(21_000_000);
    BlobKey key = upstream.put(content);
    try (Nodes nodes = new Nodes(3, directory, upstream)) {
      assertThat(nodes.pull(key, 1)).containsExactly(WantOutcome.COMPLETE);

      assertThat(nodes.get(1).files.content(key)).isEqualTo(content);
      assertThat(nodes.get(1).files.verified).hasSize(6);
      assertThat(upstream.requests).hasValue(1);
      assertThat(upstream.sent).hasValue(content.length);
      assertThat(nodes.get(0).files.inventory()).isEmpty();
      assertThat(nodes.get(2).files.inventory()).isEmpty();
      settles(nodes);
      assertThat(nodes.troubles()).isEmpty();
    }
  }

  @Test
  void whatOneHoldsTheOthersTakeFromIt() throws Exception {
    TestUpstream upstream = new TestUpstream(FAST);
    byte[] content = content(13_000_000);
    BlobKey key = upstream.put(content);
    try (Nodes nodes = new Nodes(4, directory, upstream)) {
      assertThat(nodes.pull(key, 0)).containsExactly(WantOutcome.COMPLETE);

      assertThat(nodes.pull(key, 1)).containsExactly(WantOutcome.COMPLETE);
      assertThat(nodes.pull(key, 2, 3)).containsOnly(WantOutcome.COMPLETE);

      for (int i = 0; i < 4; i++) {
        assertThat(nodes.get(i).files.content(key)).isEqualTo(content);
      }
      assertThat(upstream.sent).hasValue(content.length);
      settles(nodes);
      assertThat(nodes.troubles()).isEmpty();
    }
  }

  @Test
  void allAtOnceGetItTogether() throws Exception {
    TestUpstream upstream = new TestUpstream(SLOW);
    byte[] content = content(40_000_000);
    BlobKey key = upstream.put(content);
    BlobKey first = upstream.put(content(5_000_000));
    try (Nodes nodes = new Nodes(5, directory, upstream)) {
      // Whatever a process does for the first time takes longer than a home may take to answer.
      assertThat(nodes.pull(first, 0, 1, 2, 3, 4)).containsOnly(WantOutcome.COMPLETE);
      upstream.sent.set(0);

      assertThat(nodes.pull(key, 0, 1, 2, 3, 4)).containsOnly(WantOutcome.COMPLETE);

      for (int i = 0; i < 5; i++) {
        assertThat(nodes.get(i).files.content(key)).isEqualTo(content);
      }
      // One copy where nothing else takes the processors; a home that is late is not believed in.
      assertThat(upstream.sent.get()).isLessThan(4L * content.length);
      settles(nodes);
      assertThat(nodes.troubles()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aBlobWithoutRangesIsOneStreamAndOthersCutThroughBehindIt(boolean tellsSize)
      throws Exception {
    TestUpstream upstream = new TestUpstream(SLOW);
    upstream.tellsSize = tellsSize;
    upstream.ranges = false;
    byte[] content = content(15_000_000);
    BlobKey key = upstream.put(content);
    BlobKey first = upstream.put(content(1_000_000));
    try (Nodes nodes = new Nodes(3, directory, upstream)) {
      assertThat(nodes.pull(first, 0, 1, 2)).containsOnly(WantOutcome.COMPLETE);
      upstream.sent.set(0);

      assertThat(nodes.pull(key, 0, 1, 2)).containsOnly(WantOutcome.COMPLETE);

      for (int i = 0; i < 3; i++) {
        assertThat(nodes.get(i).files.content(key)).isEqualTo(content);
      }
      // One copy where nothing else takes the processors: PlannerScheduleTest, which has no clock.
      assertThat(upstream.sent.get()).isLessThan(3L * content.length);
      settles(nodes);
      assertThat(nodes.troubles()).isEmpty();
    }
  }

  @Test
  void aNodeThatDiesInMidBlobCostsTimeOnly() throws Exception {
    TestUpstream upstream = new TestUpstream(SLOW);
    byte[] content = content(35_000_000);
    BlobKey key = upstream.put(content);
    try (Nodes nodes = new Nodes(4, directory, upstream)) {
      List<CompletableFuture<WantOutcome>> outcomes =
          nodes.all.stream().map(node -> node.want(key)).toList();
      await().until(() -> upstream.sent.get() > 10_000_000);

      nodes.get(0).die();

      for (int i = 1; i < 4; i++) {
        assertThat(outcomes.get(i).get(60, TimeUnit.SECONDS)).isEqualTo(WantOutcome.COMPLETE);
        assertThat(nodes.get(i).files.content(key)).isEqualTo(content);
      }
    }
  }

  @Test
  void aNodeWhoseFileWentBadIsFoundOutByTheFirstChunk() throws Exception {
    TestUpstream upstream = new TestUpstream(FAST);
    byte[] content = content(3_000_000);
    BlobKey key = upstream.put(content);
    try (Nodes nodes = new Nodes(3, directory, upstream)) {
      assertThat(nodes.pull(key, 0)).containsExactly(WantOutcome.COMPLETE);
      byte[] wrong = content.clone();
      wrong[2_000_000] = (byte) ~wrong[2_000_000];
      nodes.get(0).files.put(key, wrong);

      assertThat(nodes.pull(key, 1)).containsExactly(WantOutcome.COMPLETE);

      assertThat(nodes.get(1).files.content(key)).isEqualTo(content);
      assertThat(nodes.get(1).troubles).contains("chunk mismatch from node-0");
    }
  }

  @Test
  void aNodeThatVouchesForSomethingElseIsBlamed() throws Exception {
    TestUpstream upstream = new TestUpstream(FAST);
    try (Nodes nodes = new Nodes(2, directory, upstream)) {
      // given a home that says it holds the blob, and other bytes under its digest
      int length = 9_000_000;
      BlobKey key = upstream.put(content(length));
      while (!nodes.home(key).equals("node-0")) {
        key = upstream.put(content(++length));
      }
      byte[] wrong = Arrays.copyOf(content(length + 1_000_000), length);
      nodes.get(0).files.put(key, wrong);
      nodes.get(0).service.set(new ForgingService("node-0", nodes.get(0).files, 0));

      // when
      assertThat(nodes.pull(key, 1)).containsExactly(WantOutcome.COMPLETE);

      // then
      assertThat(nodes.get(1).files.content(key)).isEqualTo(content(length));
      assertThat(nodes.get(1).troubles).contains("blob mismatch", "blamed node-0");
    }
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT) // It waits until it is starved.
  void aBlobOfOneChunkIsWhatItsDigestSaysWhoeverVouchesForAnotherOne() throws Exception {
    TestUpstream upstream = new TestUpstream(FAST);
    try (Nodes nodes = new Nodes(2, directory, upstream)) {
      // given
      int length = 3_000_000;
      BlobKey key = homeAtFirst(nodes, upstream, length);
      nodes.get(0).files.put(key, Arrays.copyOf(content(5_000_000), length));
      nodes.get(0).service.set(new ForgingService("node-0", nodes.get(0).files, 0));

      // when
      assertThat(nodes.pull(key, 1)).containsExactly(WantOutcome.COMPLETE);

      // then
      assertThat(nodes.get(1).troubles)
          .contains("chunk mismatch from node-0")
          .doesNotContain("blob mismatch");
      settles(nodes);
    }
  }

  /** A blob whose home the first node is, of that length. */
  private static BlobKey homeAtFirst(Nodes nodes, TestUpstream upstream, int length) {
    byte[] content = content(length);
    BlobKey key = upstream.put(content);
    while (!nodes.home(key).equals("node-0")) {
      content[0]++;
      key = upstream.put(content);
    }
    return key;
  }

  @ParameterizedTest
  @ValueSource(longs = {-1_000_000, 1_000_000})
  void aChunkOfAnotherLengthIsNamedAndNoFaultOfTheDisk(long more) throws Exception {
    TestUpstream upstream = new TestUpstream(FAST);
    try (Nodes nodes = new Nodes(2, directory, upstream)) {
      // given a node that says of a blob that it is longer, or shorter, than what it sends of it
      BlobKey key = homeAtFirst(nodes, upstream, 3_000_000);
      nodes.get(0).files.put(key, content(3_000_000));
      nodes.get(0).service.set(new ForgingService("node-0", nodes.get(0).files, more));

      // when
      assertThat(nodes.pull(key, 1)).containsExactly(WantOutcome.COMPLETE);

      // then
      assertThat(nodes.get(1).troubles)
          .contains("chunk length from node-0")
          .doesNotContain("storage failed");
      settles(nodes);
    }
  }

  @Test
  void aNodeWhoseBytesAreNotWhatItSaysCostsTimeAndIsNamed() throws Exception {
    TestUpstream upstream = new TestUpstream(FAST);
    byte[] content = content(13_000_000);
    BlobKey key = upstream.put(content);
    try (Nodes nodes = new Nodes(3, directory, upstream)) {
      // given a node that has the content and says of each chunk that it is something else
      assertThat(nodes.pull(key, 0)).containsExactly(WantOutcome.COMPLETE);
      nodes.get(0).service.set(new LyingService(nodes.get(0).runtime()));

      // when
      assertThat(nodes.pull(key, 1)).containsExactly(WantOutcome.COMPLETE);

      // then
      assertThat(nodes.get(1).files.content(key)).isEqualTo(content);
      assertThat(nodes.get(1).troubles).contains("chunk mismatch from node-0");
      settles(nodes);
    }
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT) // It waits until it gives up.
  void whatUpstreamDeniesAndNobodyHasIsGivenUp() throws Exception {
    TestUpstream upstream = new TestUpstream(FAST);
    upstream.denies = true;
    try (Nodes nodes = new Nodes(2, directory, upstream)) {
      assertThat(nodes.pull(Keys.of("nothing"), 0)).containsExactly(WantOutcome.NOBODY);
      settles(nodes);
    }
  }

  @Test
  void aFullDiskEndsTheWantAndNotTheNode() throws Exception {
    TestUpstream upstream = new TestUpstream(FAST);
    byte[] content = content(9_000_000);
    BlobKey key = upstream.put(content);
    try (Nodes nodes = new Nodes(2, directory, upstream)) {
      nodes.get(0).files.full = true;
      assertThat(nodes.pull(key, 0)).containsExactly(WantOutcome.STORAGE);
      settles(nodes);

      nodes.get(0).files.full = false;
      assertThat(nodes.pull(key, 0)).containsExactly(WantOutcome.COMPLETE);
      assertThat(nodes.get(0).files.content(key)).isEqualTo(content);
    }
  }
}
