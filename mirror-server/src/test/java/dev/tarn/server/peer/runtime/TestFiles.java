package dev.tarn.server.peer.runtime;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.planner.Question;
import dev.tarn.core.store.StoredBlob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Blobs as files of a directory, complete once their digest matched. Thread-safe. */
final class TestFiles implements BlobFiles {
  /** Files that are open. */
  final AtomicInteger open = new AtomicInteger();

  final List<String> verified = Collections.synchronizedList(new ArrayList<>());
  volatile boolean full;
  private final Path directory;
  private final Map<Digest, Path> complete = new ConcurrentHashMap<>();
  private final AtomicInteger made = new AtomicInteger();

  TestFiles(Path directory) {
    this.directory = directory;
  }

  void put(Digest digest, byte[] content) {
    try {
      Path file = directory.resolve("put-" + made.incrementAndGet());
      Files.write(file, content);
      complete.put(digest, file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  byte @Nullable [] content(Digest digest) {
    Path file = complete.get(digest);
    try {
      return file == null ? null : Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public BlobFile create(Digest digest, long size) throws IOException {
    Path path = directory.resolve("part-" + made.incrementAndGet());
    return new Part(digest, path);
  }

  @Override
  public long completeSize(Digest digest) {
    Path file = complete.get(digest);
    try {
      return file == null ? Question.UNKNOWN_SIZE : Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public @Nullable StoredBlob open(Digest digest) {
    Path file = complete.get(digest);
    try {
      return file == null ? null : new Whole(digest, file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public List<Question.Held> inventory() {
    return complete.keySet().stream()
        .map(digest -> new Question.Held(digest, completeSize(digest)))
        .toList();
  }

  private final class Whole implements StoredBlob {
    private final Digest digest;
    private final FileChannel file;
    private final long size;
    private boolean closed;

    Whole(Digest digest, Path path) throws IOException {
      this.digest = digest;
      this.file = FileChannel.open(path, StandardOpenOption.READ);
      this.size = file.size();
      open.incrementAndGet();
    }

    @Override
    public Digest digest() {
      return digest;
    }

    @Override
    public long size() {
      return size;
    }

    @Override
    public FileChannel channel() {
      return file;
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        open.decrementAndGet();
        quietly(file);
      }
    }
  }

  private static void quietly(FileChannel file) {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private final class Part implements BlobFile {
    private final Digest digest;
    private final Path path;
    private final FileChannel file;
    private boolean closed;

    Part(Digest digest, Path path) throws IOException {
      this.digest = digest;
      this.path = path;
      this.file =
          FileChannel.open(
              path,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      open.incrementAndGet();
    }

    @Override
    public FileChannel channel() {
      return file;
    }

    @Override
    public void write(ByteBuffer bytes, long position, boolean vouched) throws IOException {
      if (full) {
        throw new IOException("no space left on device");
      }
      long at = position;
      while (bytes.hasRemaining()) {
        at += file.write(bytes, at);
      }
    }

    @Override
    public void verified(long start, long end) {
      verified.add(start + "-" + end);
    }

    @Override
    public void distrusted() {
      verified.add("distrusted");
    }

    @Override
    public boolean complete(long size) throws IOException {
      byte[] content = Files.readAllBytes(path);
      boolean matches = content.length == size && Digest.sha256(content).equals(digest);
      if (matches) {
        complete.put(digest, path);
      }
      return matches;
    }

    @Override
    public void abandon() {
      verified.clear();
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        open.decrementAndGet();
        quietly(file);
      }
    }
  }
}
