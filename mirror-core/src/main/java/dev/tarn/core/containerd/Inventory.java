package dev.tarn.core.containerd;

import dev.tarn.core.containerd.KnownBlob.State;
import dev.tarn.core.digest.Algorithm;
import dev.tarn.core.digest.Digest;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what is known of containerd's directory current, and has it hashed: what changed first,
 * then a listing where one is due, then one piece of one file. One thread calls {@link #step} and
 * {@link #await}; {@link #want} is thread-safe.
 *
 * <p>Each step is short, so that whoever calls it can rest in between.
 */
final class Inventory implements Closeable {
  /** A listing finds what a watch did not tell. */
  static final Duration LISTED_WHERE_WATCHED = Duration.ofMinutes(10);

  static final Duration LISTED_WHERE_NOT_WATCHED = Duration.ofMinutes(1);

  /** How soon a directory that could not be listed, or is not there, is tried again. */
  static final Duration TRIED_AGAIN = Duration.ofSeconds(30);

  /** How soon after the last listing the next one begins, however much was missed. */
  static final Duration LISTED_AT_MOST = Duration.ofSeconds(10);

  /** System calls a step. */
  static final int LOOKS = 256;

  /** Files hashed a step, where they are small. */
  static final int HASHES = 32;

  /** Bytes hashed a step. */
  static final int STEP_BYTES = 4 << 20;

  private static final Logger log = LoggerFactory.getLogger(Inventory.class);

  private final ContentDirectory directory;
  private final KnownBlobs known;
  private final VerifiedFiles remembered;
  private final Inspection inspection;
  private final Predicate<Digest> ownCopy;
  private final Supplier<DirectoryWatch> watches;
  private final LongSupplier nanoClock;
  private final Queue<Digest> wanted = new ConcurrentLinkedQueue<>();
  private final Deque<Digest> toLookAt = new ArrayDeque<>();

  /** The latest arrivals first: others are the likeliest to want them. */
  private final Deque<Digest> toHash = new ArrayDeque<>();

  private @Nullable DirectoryWatch watch;
  private @Nullable Listing listing;
  private @Nullable BlobHash hash;
  private long nextListing;
  private long lastListing;
  private volatile boolean readable = true;
  private volatile boolean watched;
  private final AtomicLong listings = new AtomicLong();

  Inventory(
      ContentDirectory directory,
      Predicate<Digest> ownCopy,
      KnownBlobs known,
      VerifiedFiles remembered,
      Inspection inspection,
      Supplier<DirectoryWatch> watches,
      LongSupplier nanoClock) {
    this.directory = directory;
    this.ownCopy = ownCopy;
    this.known = known;
    this.remembered = remembered;
    this.inspection = inspection;
    this.watches = watches;
    this.nanoClock = nanoClock;
  }

  boolean readable() {
    return readable;
  }

  boolean watched() {
    return watched;
  }

  long listings() {
    return listings.get();
  }

  /** Somebody would like to have that blob: it is hashed before others. */
  void want(Digest digest) {
    wanted.add(digest);
  }

  private DirectoryWatch started() {
    DirectoryWatch now = watch;
    if (now == null) {
      remembered.load();
      now = watches.get();
      watch = now;
      nextListing = nanoClock.getAsLong();
      lastListing = nextListing - LISTED_AT_MOST.toNanos();
    }
    return now;
  }

  /** Waits until there may be something to do. */
  void await(Duration most) throws InterruptedException {
    started().await(most.toNanos());
  }

  /** Does a little; answers whether there is more to do at once. */
  boolean step() {
    DirectoryWatch changes = started();
    if (toLookAt.size() < LOOKS) {
      noteChanges(changes.take()); // Else they wait there, where their number has a limit.
    }
    long ends = nanoClock.getAsLong() + Pace.STEP.toNanos();
    if (listing == null && nanoClock.getAsLong() - nextListing >= 0) {
      begin();
    }
    int looks = 0;
    for (; looks < LOOKS && !toLookAt.isEmpty() && (looks == 0 || !over(ends)); looks++) {
      look(toLookAt.remove());
    }
    if (listing != null) {
      readSome(listing, Math.max(LOOKS - looks, LOOKS / 8));
    } else if (toLookAt.isEmpty()) {
      hashSome(ends);
    }
    return listing != null
        || hash != null
        || !toLookAt.isEmpty()
        || !toHash.isEmpty()
        || !wanted.isEmpty();
  }

  private boolean over(long ends) {
    return nanoClock.getAsLong() - ends >= 0;
  }

  private void noteChanges(DirectoryWatch.Changes changes) {
    for (Path file : changes.files()) {
      digest(file).ifPresent(toLookAt::add);
    }
    if (changes.missed()) {
      long soonest = lastListing + LISTED_AT_MOST.toNanos();
      if (nextListing - soonest > 0) {
        nextListing = soonest;
      }
    }
  }

  private Optional<Digest> digest(Path file) {
    for (Algorithm algorithm : Algorithm.values()) {
      if (directory.of(algorithm).equals(file.getParent())) {
        return ContentDirectory.digest(algorithm, file);
      }
    }
    return Optional.empty();
  }

  private void look(Digest digest) {
    KnownBlob before = known.get(digest);
    KnownBlob now = inspection.look(digest);
    if (now != null && !now.equals(before) && now.state() == State.FOUND) {
      toHash.addFirst(digest);
    }
  }

  private void begin() {
    watchAll();
    listing = new Listing(directory, known.all().stream().map(KnownBlob::digest).toList());
  }

  private void watchAll() {
    boolean before = watched;
    boolean all = true;
    for (Algorithm algorithm : Algorithm.values()) {
      Path path = directory.of(algorithm);
      try {
        if (path.toFile().isDirectory()) {
          started().add(path);
        }
      } catch (IOException e) {
        all = false;
        if (before || listings.get() == 0) {
          log.atWarn().addKeyValue("directory", path).setCause(e).log("containerd.not_watched");
        }
      }
    }
    watched = all;
  }

  private void readSome(Listing now, int most) {
    List<Digest> met = new ArrayList<>();
    try {
      if (now.read(most, met)) {
        met.forEach(this::lookIfNew);
        return;
      }
      met.forEach(this::lookIfNew);
      if (!readable) {
        log.atInfo().addKeyValue("directory", directory.root()).log("containerd.readable");
      }
      readable = true;
    } catch (IOException e) {
      met.forEach(this::lookIfNew);
      if (readable) {
        log.atWarn()
            .addKeyValue("directory", directory.root())
            .setCause(e)
            .log("containerd.unreadable");
      }
      readable = false;
    }
    end(now);
  }

  private void lookIfNew(Digest digest) {
    if (known.get(digest) == null) {
      look(digest);
    }
  }

  private void end(Listing ended) {
    // What can be looked at without having been listed is there all the same.
    toLookAt.addAll(ended.unseen());
    closeListing();
    listings.incrementAndGet();
    inspection.tryAgain();
    if (readable) {
      remembered.tidy(digest -> known.get(digest) != null);
    }
    toHash.clear();
    known.all().stream()
        .filter(blob -> blob.state() == State.FOUND)
        .sorted(
            Comparator.comparingLong((KnownBlob blob) -> blob.identity().changedNanos()).reversed())
        .map(KnownBlob::digest)
        .forEach(toHash::add);
    lastListing = nanoClock.getAsLong();
    nextListing = lastListing + period().toNanos();
  }

  private Duration period() {
    if (!readable || !directory.of(Algorithm.SHA256).toFile().isDirectory()) {
      return TRIED_AGAIN;
    }
    return watched ? LISTED_WHERE_WATCHED : LISTED_WHERE_NOT_WATCHED;
  }

  private void hashSome(long ends) {
    long bytes = 0;
    int files = 0;
    // One piece at least: time may have passed for other reasons.
    while (files < HASHES && bytes < STEP_BYTES && (bytes == 0 || !over(ends))) {
      if (hash == null) {
        hash = nextToHash();
      }
      if (hash == null) {
        return;
      }
      long before = hash.done();
      boolean more = inspection.next(hash);
      bytes += hash.done() - before;
      if (!more) {
        closeHash();
        files++;
      }
    }
  }

  private @Nullable BlobHash nextToHash() {
    for (int i = 0; i < LOOKS; i++) {
      Digest first = wanted.poll();
      Digest digest = first == null ? toHash.poll() : first;
      if (digest == null) {
        return null;
      }
      KnownBlob blob = first == null ? known.get(digest) : inspection.look(digest);
      if (blob != null && blob.state() == State.FOUND && (first != null || !ownCopy.test(digest))) {
        BlobHash begun = inspection.begin(blob);
        if (begun != null) {
          return begun;
        }
      }
    }
    return null;
  }

  private void closeHash() {
    BlobHash ended = hash;
    hash = null;
    try {
      if (ended != null) {
        ended.close();
      }
    } catch (IOException e) {
      log.atWarn().setCause(e).log("containerd.close.failed");
    }
  }

  private void closeListing() {
    Listing ended = listing;
    listing = null;
    try {
      if (ended != null) {
        ended.close();
      }
    } catch (IOException e) {
      log.atWarn().setCause(e).log("containerd.close.failed");
    }
  }

  @Override
  public void close() {
    closeHash();
    closeListing();
    if (watch != null) {
      watch.close();
    }
  }
}
