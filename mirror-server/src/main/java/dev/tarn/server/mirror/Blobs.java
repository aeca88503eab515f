package dev.tarn.server.mirror;

import dev.tarn.core.access.Standing;
import dev.tarn.core.digest.Digest;
import dev.tarn.core.proof.Proof;
import dev.tarn.core.range.RangeRequest;
import dev.tarn.core.store.BlobStore;
import dev.tarn.core.store.StoredBlob;
import dev.tarn.core.transfer.Transfer;
import dev.tarn.core.transfer.TransferFailure;
import dev.tarn.core.transfer.TransferReader;
import dev.tarn.server.mirror.MirrorRequest.OfBlob;
import dev.tarn.server.upstream.UpstreamAnswer;
import dev.tarn.server.upstream.UpstreamContent;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Answers requests for blobs: from the store, from a transfer in flight, or by starting one. {@link
 * #hit} runs on an event loop, {@link #answer} on virtual threads.
 */
final class Blobs {
  private static final OciError UNKNOWN = new OciError(OciError.Code.BLOB_UNKNOWN, "blob unknown");

  /** How long a reader waits for the bytes to come in order before they are fetched for it. */
  private static final Duration WAIT_BEFORE_FETCHING_AHEAD = Duration.ofMillis(200);

  private final Registries registries;
  private final BlobStore store;
  private final SecondSource second;
  private final Transfers transfers;
  private final BlobHeads heads;
  private final Rechecks rechecks;
  private final Rights rights;
  private final MirrorListener listener;
  private final FirstByte firstByte;

  Blobs(
      Registries registries,
      BlobStore store,
      SecondSource second,
      Transfers transfers,
      BlobHeads heads,
      Rechecks rechecks,
      Rights rights,
      MirrorListener listener,
      FirstByte firstByte) {
    this.registries = registries;
    this.store = store;
    this.second = second;
    this.transfers = transfers;
    this.heads = heads;
    this.rechecks = rechecks;
    this.rights = rights;
    this.listener = listener;
    this.firstByte = firstByte;
  }

  /** The answer, where the blob is on disk and the caller may have it; else null. One open(2). */
  @Nullable Answer hit(OfBlob request) {
    return isDue(request) ? null : held(request, Standing.ANSWERS);
  }

  /** The same without a look at whether it is to be hashed: that was done, or it just came. */
  private @Nullable Answer held(OfBlob request, Standing standing) {
    Proof proof = rights.find(request.scope(), request.digest(), request.caller(), standing);
    return proof == null ? null : stored(request, Outcome.HIT);
  }

  /** Whether it is to be hashed before it is served to this request. */
  private boolean isDue(OfBlob request) {
    return readsFromTheBeginning(request) && rechecks.due(request.digest());
  }

  /**
   * As who reads all of it does, at once or in parts; others read what they need, time and again.
   */
  private static boolean readsFromTheBeginning(OfBlob request) {
    return switch (request.range()) {
      case RangeRequest.Whole _ -> !request.head();
      case RangeRequest.From from -> !request.head() && from.first() == 0;
      case RangeRequest.Suffix _ -> false;
    };
  }

  private @Nullable Answer stored(OfBlob request, Outcome outcome) {
    Digest digest = request.digest();
    if (request.head()) {
      return sizeOf(digest, outcome);
    }
    StoredBlob own = store.open(digest);
    StoredBlob blob = own == null ? second.open(digest) : own;
    if (blob == null) {
      return null;
    }
    Answer answer =
        Answer.ranged(
            Descriptor.blob(digest, blob.size()),
            request.range(),
            (start, end) -> new Body.Stored(blob, start, end),
            own == null ? Source.CONTAINERD : Source.DISK,
            outcome);
    if (!(answer.body() instanceof Body.Stored)) {
      blob.close();
    } else if (own != null && readsFromTheBeginning(request)) {
      rechecks.served(digest);
    }
    return answer;
  }

  private @Nullable Answer sizeOf(Digest digest, Outcome outcome) {
    OptionalLong own = store.sizeOf(digest);
    OptionalLong size = own.isEmpty() ? second.sizeOf(digest) : own;
    return size.isEmpty()
        ? null
        : Answer.head(
            Descriptor.blob(digest, size.getAsLong()),
            own.isEmpty() ? Source.CONTAINERD : Source.DISK,
            outcome);
  }

  Answer answer(OfBlob request) throws InterruptedException {
    if (isDue(request) && store.sizeOf(request.digest()).isPresent()) {
      switch (rechecks.check(request.scope(), request.digest())) {
        case DONE -> {}
        case OVERDUE -> {
          return Answer.unavailable(504, "what is here is being verified");
        }
      }
    }
    Answer hit = held(request, Standing.ANSWERS);
    if (hit != null) {
      return hit;
    }
    boolean here =
        store.sizeOf(request.digest()).isPresent() || second.sizeOf(request.digest()).isPresent();
    if (here && !transfers.isUnderWay(request.digest())) {
      // It may have come to rest between the two looks.
      Answer now = held(request, Standing.ANSWERS);
      if (now != null) {
        return now;
      }
      if (rights.isKnown(request.digest())) {
        return afterAsking(request);
      }
      // Nobody knows any more whose it is: it is as if it were not here.
      store.remove(request.digest());
    }
    return request.head() ? afterAsking(request) : fetch(request);
  }

  /** Asks upstream whether this caller may, then serves what is here. */
  private Answer afterAsking(OfBlob request) throws InterruptedException {
    if (rights.isProven(request.scope(), request.digest())) {
      BlobHeads.Said said = heads.askForRight(request);
      Answer hit = held(request, Standing.ANSWERS);
      if (hit != null) {
        return hit;
      }
      if (said instanceof BlobHeads.Said.Otherwise(UpstreamAnswer answer)
          && !(answer instanceof UpstreamAnswer.NotFound)) {
        return otherwise(request, answer);
      }
    }
    return switch (heads.ask(request)) {
      case BlobHeads.Said.Otherwise(UpstreamAnswer answer) -> otherwise(request, answer);
      case BlobHeads.Said.There(Descriptor object) -> afterYes(request, object);
    };
  }

  /** Upstream has just said that this very caller may have this very blob. */
  private Answer afterYes(OfBlob request, Descriptor object) throws InterruptedException {
    boolean counts = rights.countsAfterAsking(request.scope(), request.digest());
    Answer stored = counts ? stored(request, Outcome.HIT) : null;
    if (stored != null) {
      return stored;
    }
    if (request.head()) {
      return Answer.head(object, Source.UPSTREAM, Outcome.MISS);
    }
    boolean othersIsHere = !counts && store.sizeOf(request.digest()).isPresent();
    return othersIsHere ? stream(request, null) : fetch(request);
  }

  /** What is here where upstream cannot be asked and the caller may have it; else its answer. */
  private Answer otherwise(OfBlob request, UpstreamAnswer answer) {
    Standing standing = Rights.standing(answer);
    if (standing == null) {
      return Relay.otherwise(answer, UNKNOWN);
    }
    Answer held =
        rights.countsAfterAsking(request.scope(), request.digest())
                && rights.allowed(request.scope(), request.digest(), request.caller(), standing)
                    != null
            ? stored(request, Outcome.HIT)
            : null;
    return held == null
        ? Relay.otherwise(rights.instead(request.scope(), request.caller(), answer), UNKNOWN)
        : held;
  }

  private Answer fetch(OfBlob request) throws InterruptedException {
    Digest digest = request.digest();
    if (request.range().firstByteHint() > 0 && transfers.refusesResume(digest)) {
      return Answer.unavailable(502, "upstream's bytes did not match the digest; not resumed");
    }
    return switch (transfers.open(
        new Wanted.OfBlob(request.scope(), digest, request.caller()), false)) {
      case Transfers.Joined.Reading reading -> whenFirstByteIsHere(request, reading);
      case Transfers.Joined.NoRoom noRoom -> {
        listener.unkept(digest);
        yield stream(request, noRoom.content());
      }
      case Transfers.Joined.OfAnotherRegistry _ -> stream(request, null);
      case Transfers.Joined.Stored(Source from) -> {
        Answer here = held(request, Standing.ANSWERS);
        if (here == null) {
          yield afterAsking(request);
        }
        yield from == null ? here : here.fetchedFrom(from);
      }
      case Transfers.Joined.Ended(TransferFailure failure) -> failed(request, failure);
      case Transfers.Joined.Overdue _ ->
          Answer.unavailable(504, "upstream has not answered for a while");
      case Transfers.Joined.Otherwise(UpstreamAnswer answer) -> Relay.otherwise(answer, UNKNOWN);
    };
  }

  private Answer whenFirstByteIsHere(OfBlob request, Transfers.Joined.Reading reading)
      throws InterruptedException {
    TransferReader reader = reading.reader();
    boolean ours = reading.ours();
    Source source = ours ? reading.source() : Source.TRANSFER;
    Outcome outcome = ours ? Outcome.MISS : Outcome.HIT;
    long size = reader.transfer().size();
    if (size == BlobStore.UNKNOWN_SIZE) {
      return unlessFailed(
          request, reading, 0, ofUnknownSize(request.digest(), reader, source, outcome));
    }
    Answer answer =
        Answer.ranged(
            Descriptor.blob(request.digest(), size),
            request.range(),
            (start, end) -> new Body.Growing(reader, start, end),
            source,
            outcome);
    if (answer.body() instanceof Body.Growing(TransferReader _, long start, long _)) {
      if (readsFromTheBeginning(request)) {
        rechecks.served(request.digest());
      }
      return unlessFailed(request, reading, start, answer);
    }
    reader.close();
    return answer;
  }

  /** Waits for the first byte, so that no header leaves before it is certain that one comes. */
  private Answer unlessFailed(
      OfBlob request, Transfers.Joined.Reading reading, long start, Answer answer)
      throws InterruptedException {
    TransferReader reader = reading.reader();
    try {
      CountDownLatch progress = new CountDownLatch(1);
      reader.onProgress(start, progress::countDown);
      if (!progress.await(WAIT_BEFORE_FETCHING_AHEAD.toNanos(), TimeUnit.NANOSECONDS)) {
        reading.hurry().fetchAhead(reader, start);
        firstByte.await(reader.transfer(), progress);
      }
    } catch (InterruptedException e) {
      reader.close();
      throw e;
    }
    return switch (reader.progress(start)) {
      case Transfer.Progress.Ready _, Transfer.Progress.AtEnd _, Transfer.Progress.Waiting _ ->
          answer;
      case Transfer.Progress.Failed(TransferFailure failure) -> {
        reader.close();
        yield failed(request, failure);
      }
    };
  }

  private Answer failed(OfBlob request, TransferFailure failure) {
    return switch (failure) {
      case NO_ROOM, STORAGE -> stream(request, null);
      case MISMATCH -> Answer.unavailable(502, "upstream's bytes do not match the digest");
      case SOURCE, ABANDONED -> Answer.unavailable(502, "upstream broke off");
      case SHUTDOWN -> Answer.unavailable(503, "shutting down");
    };
  }

  private static Answer ofUnknownSize(
      Digest digest, TransferReader reader, Source source, Outcome outcome) {
    Answer head = Answer.head(Descriptor.blob(digest, -1), source, outcome);
    return new Answer(
        200,
        -1,
        head.headers(),
        new Body.Growing(reader, 0, Body.Growing.UNTIL_THE_END),
        source,
        outcome,
        digest);
  }

  /** Streams past the disk, to this one client; {@code opened} is upstream's content if at hand. */
  private Answer stream(OfBlob request, @Nullable UpstreamContent opened) {
    long from = request.range().firstByteHint();
    if (opened != null && from == 0) {
      return passing(request, opened);
    }
    if (opened != null) {
      opened.close();
    }
    Scope scope = request.scope();
    UpstreamAnswer answer =
        registries
            .upstream(scope)
            .getBlob(scope.repository(), request.digest(), from, request.caller());
    if (!(answer instanceof UpstreamAnswer.Found(UpstreamContent content))) {
      return Relay.otherwise(answer, UNKNOWN);
    }
    Descriptor object = Descriptor.blob(request.digest(), content.totalSize());
    rights.proven(scope, object, content.anonymous());
    return passing(request, content);
  }

  /** Waits for the first bytes that can be passed on, so that no header leaves before them. */
  private Answer passing(OfBlob request, UpstreamContent content) {
    Digest digest = request.digest();
    VerifiedStream bytes =
        new VerifiedStream(
            content,
            digest,
            count -> listener.fetched(request.scope().registry(), Source.UPSTREAM, count),
            matched -> {
              if (matched) {
                rights.delivered(request.scope(), digest);
              } else {
                transfers.wrong(digest);
                listener.trouble("digest_mismatch", request.scope(), digest, "streamed");
              }
            });
    try {
      bytes.await();
    } catch (IOException e) {
      bytes.close();
      return Answer.unavailable(502, "upstream: " + e.getMessage());
    }
    return PassingAnswer.of(request, content, bytes);
  }
}
