package dev.tarn.server.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a file says, read anew when it changes. It is looked at when it is asked for, once a second
 * at most, through symbolic links, so that a mounted Secret is followed when its links are swapped.
 * While it makes no sense, what it said last stays in force; the listener hears why. Thread-safe;
 * blocks for as long as the disk takes.
 */
public final class WatchedFile<T> {
  private static final long LOOK_PERIOD_NANOS = Duration.ofSeconds(1).toNanos();
  private static final int MAX_BYTES = 1024 * 1024;

  /** Makes sense of a file's bytes. */
  @FunctionalInterface
  public interface Parser<T> {
    T parse(byte[] bytes) throws UnusableException;
  }

  /** Hears what became of a file; of the same trouble once. */
  public interface Listener {
    /**
     * It was read.
     *
     * @param found what it says, which prints itself without its secrets
     */
    void loaded(Path file, Object found);

    void notLoaded(Path file, String why);
  }

  /** What counts while there is no file. */
  public enum Missing {
    /** What it said last. */
    KEEPS,
    /** What counted before there was one; that is no trouble, and the listener hears nothing. */
    RESETS
  }

  private final Path file;
  private final Parser<T> parser;
  private final T none;
  private final Missing missing;
  private final Listener listener;
  private final LongSupplier nanoClock;
  private final ReentrantLock looking = new ReentrantLock();
  private volatile T current;
  private volatile long lookedAtNanos;
  private volatile boolean looked;
  private List<Object> stamp = List.of();
  private @Nullable String problem;

  /**
   * @param none what counts until the file could be read once
   */
  public WatchedFile(
      Path file,
      Parser<T> parser,
      T none,
      Missing missing,
      LongSupplier nanoClock,
      Listener listener) {
    this.file = file;
    this.parser = parser;
    this.none = none;
    this.missing = missing;
    this.listener = listener;
    this.current = none;
    this.nanoClock = nanoClock;
  }

  /** What the file says, or said last. */
  public T current() {
    if (!looked) {
      looking.lock();
    } else if (nanoClock.getAsLong() - lookedAtNanos < LOOK_PERIOD_NANOS || !looking.tryLock()) {
      return current;
    }
    try {
      if (!looked || nanoClock.getAsLong() - lookedAtNanos >= LOOK_PERIOD_NANOS) {
        look();
        lookedAtNanos = nanoClock.getAsLong();
        looked = true;
      }
      return current;
    } finally {
      looking.unlock();
    }
  }

  private void look() {
    try {
      // Before the content: what changes in between is read the next time.
      List<Object> now = stamp();
      if (now.equals(stamp)) {
        return;
      }
      T read = parser.parse(bytes());
      stamp = now;
      current = read;
      problem = null;
      listener.loaded(file, read);
    } catch (NoSuchFileException _) {
      if (missing == Missing.KEEPS) {
        keep("does not exist");
      } else {
        stamp = List.of();
        current = none;
        problem = null;
      }
    } catch (IOException e) {
      keep("cannot be read: " + e.getClass().getSimpleName());
    } catch (UnusableException e) {
      keep(e.why());
    } catch (RuntimeException e) {
      keep("unexpected " + e.getClass().getSimpleName()); // Its message could quote anything.
    }
  }

  private void keep(String why) {
    stamp = List.of();
    if (!why.equals(problem)) {
      problem = why;
      listener.notLoaded(file, why);
    }
  }

  private List<Object> stamp() throws IOException, UnusableException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    if (!attributes.isRegularFile()) {
      throw new UnusableException("is not a file");
    }
    return Arrays.asList(
        attributes.lastModifiedTime(), attributes.size(), String.valueOf(attributes.fileKey()));
  }

  private byte[] bytes() throws IOException, UnusableException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new UnusableException("is larger than 1 MiB");
      }
      return bytes;
    }
  }
}
