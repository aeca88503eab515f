package dev.tarn.server.peer.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.containerd.ContainerdListener;
import dev.tarn.core.containerd.ContainerdOptions;
import dev.tarn.core.containerd.ContainerdStore;
import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.BlobKey;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.planner.Event;
import dev.tarn.core.planner.Question;
import dev.tarn.core.store.StoredBlob;
import dev.tarn.server.testing.Keys;
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
  private final Set<BlobKey> delivered = new HashSet<>();

  @BeforeEach
  void open() throws IOException {
    own = new TestFiles(Files.createDirectory(root.resolve("own")));
    own.put(Keys.of(OWN), bytes("own"));
    own.put(Keys.of(BOTH), bytes("both"));
    delivered.add(Keys.of(THEIRS));
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
    files = new WithContainerd(own, containerd, delivered::contains);
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
    assertThat(files.completeSize(Keys.of(OWN))).isEqualTo(3);
    assertThat(files.completeSize(Keys.of(BOTH))).isEqualTo(4);
    assertThat(files.completeSize(Keys.of(THEIRS))).isEqualTo(6);
    assertThat(files.completeSize(Keys.of(UNKNOWN))).isEqualTo(Question.UNKNOWN_SIZE);
    assertThat(files.inventory())
        .containsExactlyInAnyOrder(
            new Event.Content(OWN, 3), new Event.Content(BOTH, 4), new Event.Content(THEIRS, 6));
  }

  @Test
  void ourOwnCopyGoesFirst() {
    long before = containerd.statistics().opened();
    for (Digest digest : List.of(OWN, BOTH)) {
      try (StoredBlob blob = Objects.requireNonNull(files.open(Keys.of(digest)))) {
        assertThat(blob.digest()).isEqualTo(digest);
      }
    }
    assertThat(containerd.statistics().opened()).isEqualTo(before);
    try (StoredBlob blob = Objects.requireNonNull(files.open(Keys.of(THEIRS)))) {
      assertThat(blob.size()).isEqualTo(6);
    }
    assertThat(containerd.statistics().opened()).isEqualTo(before + 1);
    assertThat(files.open(Keys.of(UNKNOWN))).isNull();
  }

  @Test
  void containerdsIsGivenAwayOnlyForWhoDeliveredIt() {
    BlobKey another = new BlobKey(RegistryHost.DOCKER_HUB, THEIRS);

    assertThat(files.completeSize(another)).isEqualTo(Question.UNKNOWN_SIZE);
    assertThat(files.open(another)).isNull();
  }

  @Test
  void whatArrivesGoesToOurOwnStore() throws IOException {
    BlobFile file = files.create(Keys.of(UNKNOWN), 7);
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
