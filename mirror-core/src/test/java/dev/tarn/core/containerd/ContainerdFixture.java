package dev.tarn.core.containerd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.store.StoredBlob;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** A directory as containerd keeps it, with watch, clock and steps in the test's hands. */
final class ContainerdFixture implements ContainerdListener, AutoCloseable {
  final Path root;
  final Path blobs;
  final Path remembered;
  final RefusingDirectory directory;
  final Set<Digest> ownCopies = new HashSet<>();

  /** What the listener heard: {@code + digest size} or {@code - digest}. */
  final List<String> heard = new ArrayList<>();

  ScriptedWatch watch = new ScriptedWatch();
  long nanos = 1;

  @SuppressWarnings("NullAway.Init") // by open()
  ContainerdStore store;

  ContainerdFixture(Path root) throws IOException {
    this.root = root;
    this.blobs = root.resolve("blobs");
    this.remembered = root.resolve("remembered");
    this.directory = new RefusingDirectory(blobs);
    Files.createDirectories(blobs.resolve("sha256"));
    Files.createDirectories(root.resolve("ingest"));
  }

  /** Opens the store, without its thread; nothing is looked at yet. */
  ContainerdFixture open() {
    watch = new ScriptedWatch();
    store =
        new ContainerdStore(
            new ContainerdOptions(blobs, remembered, ownCopies::contains),
            directory,
            () -> watch,
            () -> nanos,
            this);
    return this;
  }

  /** Does all there is to do now. */
  ContainerdFixture work() {
    boolean more = true;
    for (int i = 0; more; i++) {
      assertThat(i).as("steps").isLessThan(10_000);
      more = store.step();
    }
    return this;
  }

  /** Lets time pass and does what is due then. */
  void workAfter(Duration time) {
    nanos += time.toNanos();
    work();
  }

  static byte[] content(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  Path file(Digest digest) {
    return blobs.resolve("sha256").resolve(digest.hex());
  }

  /** Puts content there as containerd does: written apart, renamed when complete. */
  Digest put(String text) throws IOException {
    Digest digest = Digest.sha256(content(text));
    put(digest, content(text));
    return digest;
  }

  void put(Digest digest, byte[] bytes) throws IOException {
    Path ingest = root.resolve("ingest").resolve("data");
    Files.write(ingest, bytes);
    Files.move(ingest, file(digest), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Puts content there, and the watch tells. */
  Digest appear(String text) throws IOException {
    Digest digest = put(text);
    watch.files.add(file(digest));
    return digest;
  }

  void disappear(Digest digest) throws IOException {
    Files.delete(file(digest));
    watch.files.add(file(digest));
  }

  /** Whether it is served; what is served must be right. */
  boolean serves(Digest digest) throws IOException {
    try (StoredBlob blob = store.open(digest)) {
      assertThat(store.sizeOf(digest).isPresent()).isEqualTo(blob != null);
      if (blob == null) {
        return false;
      }
      assertThat(blob.digest()).isEqualTo(digest);
      assertThat(read(blob)).isEqualTo(digest);
      return true;
    }
  }

  static Digest read(StoredBlob blob) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate((int) blob.size());
    while (buffer.hasRemaining() && blob.channel().read(buffer, buffer.position()) >= 0) {
      // until it is full
    }
    return Digest.sha256(buffer.array());
  }

  Set<Digest> inventory() {
    Set<Digest> digests = new HashSet<>();
    store.forEach((digest, size) -> digests.add(digest));
    return digests;
  }

  @Override
  public void appeared(Digest digest, long size) {
    heard.add("+ " + digest + " " + size);
  }

  @Override
  public void vanished(Digest digest) {
    heard.add("- " + digest);
  }

  /** Ends this run and begins the next, which knows what was remembered. */
  ContainerdFixture restart() {
    store.close();
    heard.clear();
    return open();
  }

  @Override
  public void close() throws IOException {
    if (store != null) {
      store.close();
      assertThat(watch.closed || watch.watched.isEmpty()).isTrue();
    }
    assertThat(handles()).as("files left open").isEmpty();
  }

  /** What this process has open below the root. */
  private List<String> handles() throws IOException {
    List<String> open = new ArrayList<>();
    try (Stream<Path> handles = Files.list(Path.of("/proc/self/fd"))) {
      for (Path handle : handles.toList()) {
        String target = target(handle);
        if (target.startsWith(root.toString())) {
          open.add(target);
        }
      }
    }
    return open;
  }

  private static String target(Path handle) throws IOException {
    try {
      return Files.readSymbolicLink(handle).toString();
    } catch (NoSuchFileException _) {
      return ""; // That which listed them.
    }
  }
}
