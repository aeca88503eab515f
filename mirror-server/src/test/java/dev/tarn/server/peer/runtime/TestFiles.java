package dev.tarn.server.peer.runtime;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.BlobKey;
import dev.tarn.core.planner.Event;
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
  private final Map<BlobKey, Path> complete = new ConcurrentHashMap<>();
  private final AtomicInteger made = new AtomicInteger();

  TestFiles(Path directory) {
    this.directory = directory;
  }

  void put(BlobKey key, byte[] content) {
    try {
      Path file = directory.resolve("put-" + made.incrementAndGet());
      Files.write(file, content);
      complete.put(key, file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  byte @Nullable [] content(BlobKey key) {
    Path file = complete.get(key);
    try {
      return file == null ? null : Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public BlobFile create(BlobKey key, long size) throws IOException {
    Path path = directory.resolve("part-" + made.incrementAndGet());
    return new Part(key, path);
  }

  @Override
  public long completeSize(BlobKey key) {
    Path file = complete.get(key);
    try {
      return file == null ? Question.UNKNOWN_SIZE : Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public @Nullable StoredBlob open(BlobKey key) {
    Path file = complete.get(key);
    try {
      return file == null ? null : new Whole(key, file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public List<Event.Content> inventory() {
    return complete.keySet().stream()
        .map(key -> new Event.Content(key.digest(), completeSize(key)))
        .toList();
  }

  @Override
  public List<BlobKey> keys(Digest digest) {
    return complete.keySet().stream().filter(key -> key.digest().equals(digest)).toList();
  }

  private final class Whole implements StoredBlob {
    private final BlobKey key;
    private final FileChannel file;
    private final long size;
    private boolean closed;

    Whole(BlobKey key, Path path) throws IOException {
      this.key = key;
      this.file = FileChannel.open(path, StandardOpenOption.READ);
      this.size = file.size();
      open.incrementAndGet();
    }

    @Override
    public Digest digest() {
      return key.digest();
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
    private final BlobKey key;
    private final Path path;
    private final FileChannel file;
    private boolean closed;

    Part(BlobKey key, Path path) throws IOException {
      this.key = key;
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
      boolean matches = content.length == size && Digest.sha256(content).equals(key.digest());
      if (matches) {
        complete.put(key, path);
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
