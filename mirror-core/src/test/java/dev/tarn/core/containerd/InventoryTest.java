package dev.tarn.core.containerd;

import static dev.tarn.core.containerd.ContainerdFixture.content;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.digest.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How what is known stays current. */
class InventoryTest {
  @TempDir Path root;
  private ContainerdFixture fixture;

  @BeforeEach
  void open() throws IOException {
    fixture = new ContainerdFixture(root).open();
  }

  @AfterEach
  void close() throws IOException {
    fixture.close();
  }

  @Test
  void nothingIsLookedAtBeforeTheFirstStep() throws IOException {
    fixture.put("layer");
    assertThat(fixture.store.statistics().blobs()).isZero();
    assertThat(fixture.watch.watched).isEmpty();
  }

  @Test
  void whatComesAndGoesIsTold() throws IOException {
    fixture.work();
    Digest digest = fixture.appear("layer");
    fixture.work();
    fixture.disappear(digest);
    fixture.work();

    assertThat(fixture.heard).containsExactly("+ " + digest + " 5", "- " + digest);
    assertThat(fixture.store.statistics().scans()).isEqualTo(1);
    assertThat(fixture.store.statistics().blobs()).isZero();
  }

  @Test
  void whatCameLastIsHashedFirst() throws IOException {
    byte[] large = new byte[3 * Inventory.STEP_BYTES];
    Digest first = Digest.sha256(large);
    fixture.put(first, large);
    while (fixture.store.statistics().hashedBytes() == 0) {
      fixture.store.step();
    }
    Digest second = fixture.appear("second");
    fixture.store.step();
    Digest third = fixture.appear("third");

    fixture.work();

    assertThat(fixture.heard)
        .extracting(told -> told.substring(2, told.lastIndexOf(' ')))
        .containsExactly(first.toString(), third.toString(), second.toString());
  }

  @Test
  void whereChangesWereMissedTheDirectoryIsListedAgainButNotAtOnce() throws IOException {
    Digest gone = fixture.put("gone");
    fixture.work();
    Files.delete(fixture.file(gone));
    Digest came = fixture.put("came");
    fixture.watch.missed = true;

    fixture.work();
    assertThat(fixture.store.statistics().scans()).isEqualTo(1);

    fixture.workAfter(Inventory.LISTED_AT_MOST);
    assertThat(fixture.store.statistics().scans()).isEqualTo(2);
    assertThat(fixture.inventory()).containsExactly(came);
    assertThat(fixture.heard).contains("- " + gone);
  }

  @Test
  void whatTheWatchDidNotTellIsFoundByTheNextListing() throws IOException {
    Digest gone = fixture.put("gone");
    fixture.work();
    Files.delete(fixture.file(gone));
    Digest came = fixture.put("came");

    fixture.workAfter(Inventory.LISTED_WHERE_WATCHED.minusSeconds(1));
    assertThat(fixture.inventory()).containsExactly(gone);
    fixture.workAfter(java.time.Duration.ofSeconds(1));

    assertThat(fixture.inventory()).containsExactly(came);
  }

  @Test
  void aDirectoryThatIsNotThereYetIsLookedForAgain() throws IOException {
    Files.delete(fixture.blobs.resolve("sha256"));
    fixture.work();
    assertThat(fixture.store.statistics().readable()).isTrue();

    Files.createDirectory(fixture.blobs.resolve("sha256"));
    Digest digest = fixture.put("layer");
    fixture.workAfter(Inventory.TRIED_AGAIN);

    assertThat(fixture.inventory()).containsExactly(digest);
    assertThat(fixture.watch.watched).contains(fixture.blobs.resolve("sha256"));
  }

  @Test
  void aMountThatGoesIsAMissAndWhatComesBackIsNotHashedAgain() throws IOException {
    Digest digest = fixture.put("layer");
    fixture.work();
    Path away = root.resolve("away");
    Files.move(fixture.blobs, away);
    fixture.watch.missed = true;

    fixture.workAfter(Inventory.LISTED_AT_MOST);
    assertThat(fixture.store.statistics().readable()).isFalse();
    assertThat(fixture.serves(digest)).isFalse();
    assertThat(fixture.heard).last().isEqualTo("- " + digest);

    Files.move(away, fixture.blobs);
    fixture.workAfter(Inventory.TRIED_AGAIN);
    assertThat(fixture.store.statistics().readable()).isTrue();
    assertThat(fixture.serves(digest)).isTrue();
    assertThat(fixture.store.statistics().hashedBytes()).isEqualTo(5);
  }

  @Test
  void whatIsKnownIsServedWhereTheDirectoryCannotBeListedAnyMore() throws IOException {
    Digest digest = fixture.put("layer");
    fixture.work();
    fixture.directory.refusesListing = true;

    fixture.workAfter(Inventory.LISTED_WHERE_WATCHED);

    assertThat(fixture.store.statistics().readable()).isFalse();
    assertThat(fixture.serves(digest)).isTrue();
  }

  @Test
  void whatOurOwnStoreHoldsIsHashedOnlyWhenItIsWanted() throws IOException {
    Digest digest = fixture.put("layer");
    fixture.ownCopies.add(digest);
    fixture.work();
    assertThat(fixture.store.statistics().hashedBytes()).isZero();
    assertThat(fixture.store.holds(digest)).isTrue();
    assertThat(fixture.serves(digest)).isFalse();

    fixture.ownCopies.clear();
    fixture.store.want(digest);
    fixture.work();

    assertThat(fixture.serves(digest)).isTrue();
  }

  @Test
  void whatOurOwnStoreGaveUpUnnoticedIsHashedAfterTheNextListing() throws IOException {
    Digest digest = fixture.put("layer");
    fixture.ownCopies.add(digest);
    fixture.work();
    fixture.ownCopies.clear();

    fixture.workAfter(Inventory.LISTED_WHERE_WATCHED);

    assertThat(fixture.serves(digest)).isTrue();
  }

  @Test
  void aRestartRemembersWhatMatched() throws IOException {
    Digest digest = fixture.put("layer");
    fixture.work();

    fixture.restart().work();

    assertThat(fixture.serves(digest)).isTrue();
    assertThat(fixture.heard).containsExactly("+ " + digest + " 5");
    assertThat(fixture.store.statistics().hashedBytes()).isZero();
  }

  @Test
  void aRestartDoesNotRememberAnotherFile() throws IOException {
    Digest digest = fixture.put("layer");
    fixture.work();
    Files.delete(fixture.file(digest));
    fixture.put(digest, content("liars"));

    fixture.restart().work();

    assertThat(fixture.serves(digest)).isFalse();
    assertThat(fixture.store.statistics().mismatchedBlobs()).isEqualTo(1);
  }

  @Test
  void aFloodOfChangesWaitsInTheWatchAndDoesNotHoldUpTheListing() throws IOException {
    Digest digest = fixture.put("layer");
    List<Path> flood = Collections.nCopies(3 * Inventory.LOOKS, fixture.file(Digest.sha256("x")));
    for (int i = 0; i < 20; i++) {
      fixture.watch.files.addAll(flood);
      fixture.store.step();
    }

    assertThat(fixture.watch.files).isNotEmpty();
    assertThat(fixture.store.statistics().scans()).isEqualTo(1);
    assertThat(fixture.store.holds(digest)).isTrue();
    fixture.work();
    assertThat(fixture.serves(digest)).isTrue();
  }

  @Test
  void aStepIsShortHoweverMuchThereIs() throws IOException {
    List<Digest> digests = new ArrayList<>();
    int count = 4 * Inventory.LOOKS;
    for (int i = 0; i < count; i++) {
      digests.add(fixture.put("blob " + i));
    }
    long known = 0;
    long verified = 0;
    boolean more = true;
    while (more) {
      more = fixture.store.step();
      ContainerdStatistics now = fixture.store.statistics();
      assertThat(now.blobs() - known).isLessThanOrEqualTo(Inventory.LOOKS + Inventory.LOOKS / 8);
      assertThat(now.verifiedBlobs() - verified).isLessThanOrEqualTo(Inventory.HASHES);
      known = now.blobs();
      verified = now.verifiedBlobs();
    }
    assertThat(fixture.inventory()).containsExactlyInAnyOrderElementsOf(digests);
  }
}
