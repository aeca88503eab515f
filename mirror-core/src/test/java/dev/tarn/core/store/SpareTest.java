package dev.tarn.core.store;

import static dev.tarn.core.store.StoreFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.digest.Digest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Eviction of what the node has a second time. */
class SpareTest {
  private static final int KB8 = 8192;

  @TempDir Path root;
  private StoreFixture fixture;

  @BeforeEach
  void create() {
    fixture = new StoreFixture(root);
  }

  @AfterEach
  void close() throws IOException {
    fixture.close();
  }

  private void openWithLimit(long bytes) throws IOException {
    fixture.options = fixture.options.withMaxBytes(bytes);
    fixture.openFilled();
  }

  private Digest[] putMany(int count) throws IOException {
    Digest[] digests = new Digest[count];
    for (int i = 0; i < count; i++) {
      digests[i] = fixture.put(bytes(i, KB8));
    }
    return digests;
  }

  private int held(Digest... digests) throws IOException {
    int held = 0;
    for (Digest digest : digests) {
      held += fixture.store.sizeOf(digest).isPresent() ? 1 : 0;
    }
    return held;
  }

  @Test
  void whatTheNodeHasASecondTimeIsEvictedBeforeAllElse() throws IOException {
    openWithLimit(16 * KB8);
    Digest[] digests = putMany(16);
    Set<Digest> elsewhere = Set.of(digests[5], digests[7]);
    // Used often, so that the policy alone would keep them.
    for (int i = 0; i < 10; i++) {
      assertThat(fixture.has(digests[5])).isTrue();
      assertThat(fixture.has(digests[7])).isTrue();
    }
    fixture.store.evictFirst(elsewhere::contains);

    fixture.put(bytes(100, KB8));
    fixture.put(bytes(101, KB8));

    assertThat(fixture.store.sizeOf(digests[5])).isEmpty();
    assertThat(fixture.store.sizeOf(digests[7])).isEmpty();
    assertThat(held(digests)).isEqualTo(14);
    fixture.put(bytes(102, KB8));
    assertThat(held(digests)).isEqualTo(13);
    assertThat(fixture.store.statistics().evictedBlobs()).isEqualTo(3);
    fixture.assertTidy();
  }

  @Test
  void whereThereIsRoomWhatTheNodeHasASecondTimeStays() throws IOException {
    openWithLimit(16 * KB8);
    Digest[] digests = putMany(16);
    fixture.store.evictFirst(_ -> true);

    fixture.store.maintain();
    assertThat(held(digests)).isEqualTo(16);
    fixture.put(bytes(100, KB8));
    assertThat(held(digests)).isEqualTo(15);
    fixture.assertTidy();
  }

  @Test
  void whatIsReadAndWhatHasJustComeStaysThoughTheNodeHasItASecondTime() throws IOException {
    openWithLimit(16 * KB8);
    Digest read = fixture.put(bytes(200, KB8));
    Digest[] digests = putMany(15);
    Digest young = digests[14];
    fixture.store.evictFirst(Set.of(read, young)::contains);
    try (StoredBlob _ = fixture.opened(read)) {
      fixture.put(bytes(100, KB8));

      assertThat(fixture.store.sizeOf(read)).isPresent();
      assertThat(fixture.store.sizeOf(young)).isPresent();
      assertThat(fixture.store.statistics().evictedBlobs()).isEqualTo(1);
    }
    fixture.assertTidy();
  }

  @Test
  void whatTheNodeHasASecondTimeSinceThenIsFoundByTheNextSearch() throws IOException {
    openWithLimit(16 * KB8);
    Digest[] digests = putMany(16);
    Set<Digest> elsewhere = new HashSet<>();
    fixture.store.evictFirst(elsewhere::contains);
    fixture.put(bytes(100, KB8));
    List<Digest> left =
        Stream.of(digests).filter(digest -> fixture.store.sizeOf(digest).isPresent()).toList();
    elsewhere.add(left.getLast());
    elsewhere.add(left.get(3));

    fixture.clock.advance(Spare.SEARCHED_AT_MOST);
    fixture.put(bytes(101, KB8));
    assertThat(fixture.store.sizeOf(left.get(3))).isEmpty();
    fixture.assertTidy();
  }

  @Test
  void whatIsNoLongerElsewhereIsKeptAgain() throws IOException {
    openWithLimit(16 * KB8);
    Digest[] digests = putMany(16);
    Set<Digest> elsewhere = new HashSet<>(List.of(digests[2], digests[3], digests[4]));
    for (int i = 0; i < 10; i++) {
      assertThat(fixture.has(digests[3])).isTrue();
      assertThat(fixture.has(digests[4])).isTrue();
    }
    fixture.store.evictFirst(elsewhere::contains);
    fixture.put(bytes(100, KB8));
    assertThat(fixture.store.sizeOf(digests[2])).isEmpty();
    elsewhere.clear(); // containerd collected its garbage

    fixture.put(bytes(101, KB8));

    assertThat(fixture.store.sizeOf(digests[3])).isPresent();
    assertThat(fixture.store.sizeOf(digests[4])).isPresent();
    fixture.assertTidy();
  }
}
