package dev.tarn.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.digest.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BlobIndexTest {
  private static final int UNIT = IndexedBlob.BLOCK_BYTES;

  private final BlobIndex index = new BlobIndex();

  private static Digest digest(int number) {
    return Digest.sha256("blob " + number);
  }

  private IndexedBlob add(int number, long size) {
    IndexedBlob blob = new IndexedBlob(digest(number), size, 0);
    index.addNew(blob);
    index.wean(0);
    return blob;
  }

  /** Retires all nominees that may go, keeps the others, and answers those that went. */
  private List<IndexedBlob> evict() {
    List<IndexedBlob> gone = new ArrayList<>();
    for (IndexedBlob blob = index.nominated(); blob != null; blob = index.nominated()) {
      if (index.retire(blob)) {
        gone.add(blob);
      } else {
        index.keepPinned(blob);
      }
    }
    return gone;
  }

  @Test
  void whatIsAddedIsCountedAndFound() {
    IndexedBlob blob = add(1, 5000);
    assertThat(index.use(digest(1))).isSameAs(blob);
    assertThat(index.use(digest(2))).isNull();
    assertThat(index.blobs()).isEqualTo(1);
    assertThat(index.bytes()).isEqualTo(5000);
    assertThat(blob.size()).isEqualTo(5000);
  }

  @Test
  void whatIsFoundTwiceIsCountedOnce() {
    IndexedBlob first = new IndexedBlob(digest(1), 10, 7);
    assertThat(index.addFound(first)).isSameAs(first);
    assertThat(index.addFound(new IndexedBlob(digest(1), 10, 8))).isSameAs(first);
    assertThat(index.blobs()).isEqualTo(1);
    assertThat(index.bytes()).isEqualTo(10);
    assertThat(first.touchedMillis()).isEqualTo(7);
  }

  @Test
  void whatIsPublishedAgainReplacesWhatWasThere() {
    IndexedBlob before = add(1, 10);
    IndexedBlob after = add(1, 10);
    assertThat(index.blobs()).isEqualTo(1);
    assertThat(index.bytes()).isEqualTo(10);
    assertThat(index.use(digest(1))).isSameAs(after);
    assertThat(index.replaced(before)).isTrue();
    assertThat(index.replaced(after)).isFalse();
  }

  @Test
  void whatIsForgottenIsNotCounted() {
    IndexedBlob blob = add(1, 10);
    IndexedBlob other = new IndexedBlob(digest(1), 10, 0);
    index.forget(other);
    assertThat(index.blobs()).isEqualTo(1);
    index.forget(blob);
    index.forget(blob);
    index.forget(digest(1));
    assertThat(index.blobs()).isZero();
    assertThat(index.bytes()).isZero();
    add(1, 10);
    index.forget(digest(1));
    assertThat(index.bytes()).isZero();
  }

  @Test
  void nothingIsNominatedWithinTheLimit() {
    for (int i = 0; i < 10; i++) {
      add(i, UNIT);
    }
    index.limit(10L * UNIT);
    assertThat(index.nominated()).isNull();
  }

  @Test
  void whatIsTooMuchIsNominatedAndStaysCountedUntilItIsGone() {
    for (int i = 0; i < 10; i++) {
      add(i, UNIT);
    }
    index.limit(4L * UNIT);
    assertThat(index.bytes()).isEqualTo(10L * UNIT);
    assertThat(evict()).hasSize(6);
    assertThat(index.bytes()).isEqualTo(4L * UNIT);
    assertThat(index.blobs()).isEqualTo(4);
  }

  @Test
  void sizesAreWeighedInWholeUnits() {
    add(1, UNIT + 1);
    add(2, 1);
    index.limit(3L * UNIT);
    assertThat(index.nominated()).isNull();
    index.limit(3L * UNIT - 1);
    assertThat(index.nominated()).isNotNull();
  }

  @Test
  void emptyContentWeighsAUnitToo() {
    add(1, 0);
    index.limit(0);
    assertThat(index.nominated()).isNotNull();
  }

  @Test
  void contentOfManyTerabytesDoesNotOverflowTheWeight() {
    add(1, Long.MAX_VALUE / 4);
    index.limit(1L << 50);
    assertThat(index.nominated()).isNull();
    index.limit(1L << 40);
    assertThat(index.nominated()).isNotNull();
  }

  @Test
  void withoutALimitNothingIsNominated() {
    add(1, 1L << 42);
    index.limit(Long.MAX_VALUE);
    assertThat(index.nominated()).isNull();
  }

  @Test
  void pinnedBytesAreCountedOncePerBlob() {
    IndexedBlob blob = add(1, UNIT + 1);
    assertThat(index.pin(blob)).isTrue();
    assertThat(index.pin(blob)).isTrue();
    assertThat(blob.pinned()).isTrue();
    assertThat(index.pinnedRoom()).isEqualTo(2L * UNIT);
    index.unpin(blob);
    assertThat(index.pinnedRoom()).isEqualTo(2L * UNIT);
    index.unpin(blob);
    assertThat(index.pinnedRoom()).isZero();
    assertThat(blob.pinned()).isFalse();
  }

  @Test
  void whatIsRetiredCannotBePinnedAndWhatIsPinnedCannotBeRetired() {
    IndexedBlob blob = add(1, 100);
    index.pin(blob);
    assertThat(index.retire(blob)).isFalse();
    assertThat(index.use(digest(1))).isSameAs(blob);
    index.unpin(blob);
    assertThat(index.retire(blob)).isTrue();
    assertThat(index.use(digest(1))).isNull();
    assertThat(index.pin(blob)).isFalse();
    assertThat(index.pinnedRoom()).isZero();
    assertThat(index.retire(blob)).isFalse();
    assertThat(index.bytes()).isZero();
  }

  @Test
  void whatIsReadIsNeverEvictedAndCountsAgainAfterwards() {
    // given
    IndexedBlob pinned = add(0, UNIT);
    index.pin(pinned);
    for (int i = 1; i < 10; i++) {
      add(i, UNIT);
    }
    // when
    index.limit(0);
    evict();
    // then
    assertThat(index.use(digest(0))).isSameAs(pinned);
    assertThat(index.blobs()).isEqualTo(1);
    assertThat(pinned.weightless()).isTrue();
    // when it is asked for again and again
    for (int i = 0; i < 5; i++) {
      index.limit(0);
      assertThat(evict()).isEmpty();
    }
    // then its last reader leaves
    index.unpin(pinned);
    assertThat(pinned.weightless()).isFalse();
    index.limit(0);
    assertThat(evict()).containsExactly(pinned);
    assertThat(index.bytes()).isZero();
  }

  @Test
  void whatIsWeightlessLeavesLessOfTheLimitToOthers() {
    IndexedBlob pinned = add(0, 5L * UNIT);
    index.pin(pinned);
    index.limit(0);
    evict();
    index.limit(7L * UNIT);
    add(1, UNIT);
    add(2, UNIT);
    index.limit(7L * UNIT);
    assertThat(evict()).isEmpty();
    index.limit(6L * UNIT);
    assertThat(evict()).hasSize(1);
    // Forgotten while pinned, it takes no room in the books any more.
    index.forget(digest(0));
    index.limit(6L * UNIT);
    add(3, 5L * UNIT);
    assertThat(evict()).isEmpty();
    index.unpin(pinned);
    index.limit(6L * UNIT);
    assertThat(evict()).isEmpty();
    assertThat(index.use(digest(0))).isNull();
  }

  @Test
  void aNomineeThatIsUnpinnedMeanwhileHasItsWeightAtOnce() {
    IndexedBlob blob = add(0, UNIT);
    index.pin(blob);
    index.limit(0);
    assertThat(index.nominated()).isSameAs(blob);
    index.unpin(blob);
    index.keepPinned(blob);
    assertThat(blob.weightless()).isFalse();
    index.limit(0);
    assertThat(evict()).containsExactly(blob);
  }

  @Test
  void aNomineeWhosePlaceWasTakenIsTakenOutOfTheSumsOnly() {
    IndexedBlob old = add(0, UNIT);
    index.limit(0);
    assertThat(index.nominated()).isSameAs(old);
    index.limit(10L * UNIT);
    IndexedBlob young = add(0, UNIT);
    assertThat(index.blobs()).isEqualTo(2);
    assertThat(index.replaced(old)).isTrue();
    index.superseded(old);
    assertThat(index.blobs()).isEqualTo(1);
    assertThat(index.bytes()).isEqualTo(UNIT);
    assertThat(index.use(digest(0))).isSameAs(young);
  }

  @Test
  void whatIsUsedOftenSurvivesALongRowOfWhatIsUsedOnce() {
    // given
    index.limit(100L * UNIT);
    for (int i = 0; i < 10; i++) {
      add(i, UNIT);
    }
    // when
    for (int i = 10; i < 1000; i++) {
      add(i, UNIT);
      for (int hot = 0; hot < 10; hot++) {
        index.use(digest(hot));
      }
      index.limit(100L * UNIT);
      evict();
    }
    // then
    for (int hot = 0; hot < 10; hot++) {
      assertThat(index.use(digest(hot))).as("blob %d", hot).isNotNull();
    }
  }

  @Test
  void theLatestArrivalsStayWhateverThePolicyThinksOfThem() {
    for (int i = 0; i < 1000; i++) {
      index.limit(100L * UNIT);
      index.addNew(new IndexedBlob(digest(i), UNIT, 0));
      IndexedBlob _ = index.use(digest(Math.max(0, i - 60)));
      index.wean(25L * UNIT);
      // A round that only found what is pinned takes another: its room is still too much.
      boolean again = true;
      for (int round = 0; again && round < 1000; round++) {
        index.limit(100L * UNIT);
        again = !evict().isEmpty() || index.roomBytes() > 100L * UNIT;
      }
      for (int recent = Math.max(0, i - 24); recent <= i; recent++) {
        assertThat(index.replaced(new IndexedBlob(digest(recent), UNIT, 0)))
            .as("blob %d after %d", recent, i)
            .isTrue();
      }
    }
    assertThat(index.roomBytes()).isLessThanOrEqualTo(100L * UNIT);
    assertThat(index.pinnedRoom()).isEqualTo(25L * UNIT);
  }

  @Test
  void aNomineeThatNeedNotGoIsTakenBack() {
    IndexedBlob blob = add(0, UNIT);
    index.limit(0);
    assertThat(index.nominated()).isSameAs(blob);
    index.limit(UNIT);
    index.keep(blob);
    assertThat(index.use(digest(0))).isSameAs(blob);
    assertThat(index.roomBytes()).isEqualTo(UNIT);
  }

  @Test
  void theSumsAreRightWhateverHappens() {
    for (int seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      BlobIndex each = new BlobIndex();
      List<IndexedBlob> pins = new ArrayList<>();
      long limit = 20L * UNIT;
      each.limit(limit);
      for (int step = 0; step < 500; step++) {
        int number = random.nextInt(30);
        switch (random.nextInt(7)) {
          case 0, 1 -> each.addNew(new IndexedBlob(digest(number), number * 500L, 0));
          case 2 -> {
            IndexedBlob blob = each.use(digest(number));
            if (blob != null && each.pin(blob)) {
              pins.add(blob);
            }
          }
          case 3 -> {
            if (!pins.isEmpty()) {
              each.unpin(pins.remove(random.nextInt(pins.size())));
            }
          }
          case 4 -> each.forget(digest(number));
          case 5 -> each.wean(random.nextInt(10) * (long) UNIT);
          default -> {
            each.limit(limit);
            drain(each);
          }
        }
      }
      drain(each);
      assertSums(each);
      pins.forEach(each::unpin);
      each.wean(0);
      assertThat(each.pinnedRoom()).as("seed %d", seed).isZero();
      each.limit(0);
      drain(each);
      assertThat(each.bytes() + each.roomBytes() + each.blobs()).as("seed %d", seed).isZero();
    }
  }

  private static void assertSums(BlobIndex index) {
    List<IndexedBlob> known = new ArrayList<>();
    for (int number = 0; number < 30; number++) {
      IndexedBlob blob = index.use(digest(number));
      if (blob != null) {
        known.add(blob);
      }
    }
    assertThat(index.blobs()).isEqualTo(known.size());
    assertThat(index.bytes()).isEqualTo(known.stream().mapToLong(IndexedBlob::size).sum());
    assertThat(index.roomBytes()).isEqualTo(known.stream().mapToLong(IndexedBlob::room).sum());
  }

  private static void drain(BlobIndex index) {
    for (IndexedBlob blob = index.nominated(); blob != null; blob = index.nominated()) {
      if (index.replaced(blob)) {
        index.superseded(blob);
      } else if (!index.retire(blob)) {
        index.keepPinned(blob);
      }
    }
  }
}
