package dev.tarn.server.peer.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.containerd.ContainerdListener;
import dev.tarn.core.containerd.ContainerdOptions;
import dev.tarn.core.containerd.ContainerdStore;
import dev.tarn.core.digest.Digest;
import dev.tarn.core.planner.Question;
import dev.tarn.core.store.StoredBlob;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The node's own store and containerd's, as peers see them together. */
class WithContainerdTest {
  private static final Digest OWN = Digest.sha256("own");
  private static final Digest BOTH = Digest.sha256("both");
  private static final Digest THEIRS = Digest.sha256("theirs");
  private static final Digest UNKNOWN = Digest.sha256("unknown");

  @TempDir Path root;
  private TestFiles own;
  private ContainerdStore containerd;
  private WithContainerd files;

  @BeforeEach
  void open() throws IOException {
    own = new TestFiles(Files.createDirectory(root.resolve("own")));
    own.put(OWN, bytes("own"));
    own.put(BOTH, bytes("both"));
    Path sha256 = Files.createDirectories(root.resolve("blobs/sha256"));
    Files.write(sha256.resolve(BOTH.hex()), bytes("both"));
    Files.write(sha256.resolve(THEIRS.hex()), bytes("theirs"));
    containerd =
        ContainerdStore.open(
            new ContainerdOptions(root.resolve("blobs"), root.resolve("remembered"), _ -> false),
            System::nanoTime,
            new Silent());
    hash(BOTH);
    hash(THEIRS);
    files = new WithContainerd(own, containerd);
  }

  @AfterEach
  void close() {
    containerd.close();
    assertThat(own.open).hasValue(0);
  }

  private void hash(Digest digest) {
    try (StoredBlob blob = containerd.openVerifying(digest, Duration.ofSeconds(30))) {
      assertThat(blob).isNotNull();
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void whatEitherHoldsIsServedOnce() {
    assertThat(files.completeSize(OWN)).isEqualTo(3);
    assertThat(files.completeSize(BOTH)).isEqualTo(4);
    assertThat(files.completeSize(THEIRS)).isEqualTo(6);
    assertThat(files.completeSize(UNKNOWN)).isEqualTo(Question.UNKNOWN_SIZE);
    assertThat(files.inventory())
        .containsExactlyInAnyOrder(
            new Question.Held(OWN, 3), new Question.Held(BOTH, 4), new Question.Held(THEIRS, 6));
  }

  @Test
  void ourOwnCopyGoesFirst() {
    long before = containerd.statistics().opened();
    for (Digest digest : List.of(OWN, BOTH)) {
      try (StoredBlob blob = Objects.requireNonNull(files.open(digest))) {
        assertThat(blob.digest()).isEqualTo(digest);
      }
    }
    assertThat(containerd.statistics().opened()).isEqualTo(before);
    try (StoredBlob blob = Objects.requireNonNull(files.open(THEIRS))) {
      assertThat(blob.size()).isEqualTo(6);
    }
    assertThat(containerd.statistics().opened()).isEqualTo(before + 1);
    assertThat(files.open(UNKNOWN)).isNull();
  }

  @Test
  void whatArrivesGoesToOurOwnStore() throws IOException {
    BlobFile file = files.create(UNKNOWN, 7);
    assertThat(own.open).hasValue(1);
    file.close();
  }

  @Test
  void onlyWhatChangesForOthersIsTold() {
    Set<Digest> held = new HashSet<>(Set.of(OWN, BOTH));
    List<String> told = new ArrayList<>();
    HeldChanges changes = new HeldChanges(held::contains);
    changes.appeared(THEIRS, 6); // Nobody listens yet.
    changes.tell((digest, size) -> told.add("+" + size), digest -> told.add("-" + digest));

    changes.appeared(BOTH, 4);
    changes.vanished(BOTH);
    changes.ownGone(BOTH, true);
    assertThat(told).isEmpty();

    changes.appeared(THEIRS, 6);
    changes.vanished(THEIRS);
    changes.ownGone(OWN, false);
    assertThat(told).containsExactly("+6", "-" + THEIRS, "-" + OWN);
  }

  private static final class Silent implements ContainerdListener {
    @Override
    public void appeared(Digest digest, long size) {}

    @Override
    public void vanished(Digest digest) {}
  }
}
