package dev.tarn.server.mirror;

import dev.tarn.core.access.Standing;
import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.BlobKey;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.core.store.BlobStore;
import dev.tarn.core.store.NoRoomException;
import dev.tarn.core.store.PartialBlob;
import dev.tarn.core.transfer.Transfer;
import dev.tarn.core.transfer.TransferFailure;
import dev.tarn.core.transfer.TransferPolicy;
import dev.tarn.core.transfer.TransferReader;
import dev.tarn.server.peer.runtime.PeerRuntime;
import dev.tarn.server.peer.runtime.UpstreamSource;
import dev.tarn.server.peer.runtime.WantOutcome;
import dev.tarn.server.upstream.Upstream;
import dev.tarn.server.upstream.UpstreamAnswer;
import dev.tarn.server.upstream.UpstreamContent;
import java.io.IOException;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One blob that this node fetches together with its peers, on behalf of the client that asked for
 * it first. Its bytes may come from anywhere; that client gets them once upstream has said that it
 * may: by giving this node some of them, or, where they all come from peers, by answering a HEAD.
 * Where upstream cannot be asked, it gets what it may have by what is known then, the word of who
 * sends the bytes included.
 */
final class PeerFetch implements Fetch, Hurry {
  /** How often it is looked whether somebody waits, or nobody wants it any more. */
  private static final long LOOK_MILLIS = 200;

  private final Wanted wanted;
  private final Scope scope;
  private final Digest digest;
  private final Upstream upstream;
  private final BlobFetch.Tools tools;
  private final PeerFetches.With peers;
  private final CompletableFuture<Opened> opened = new CompletableFuture<>();
  private final CompletableFuture<WantOutcome> outcome = new CompletableFuture<>();

  // Guarded by this.
  private @Nullable ArrivingFile file;
  private @Nullable Source source;
  private @Nullable UpstreamAnswer refusal;
  private boolean allowed;
  private boolean asking;
  private boolean over;

  /** Whether what is here of it came from the same registry. */
  private volatile boolean sameRegistry;

  /**
   * @param allowed whether upstream has just said that this caller may have it
   */
  PeerFetch(
      Wanted wanted,
      boolean allowed,
      Upstream upstream,
      BlobFetch.Tools tools,
      PeerFetches.With peers) {
    this.wanted = wanted;
    this.scope = wanted.scope();
    this.digest = wanted.digest();
    this.allowed =
        allowed || tools.rights().allowed(scope, digest, wanted.caller(), Standing.ANSWERS) != null;
    this.upstream = upstream;
    this.tools = tools;
    this.peers = peers;
  }

  /** What peers share it as. */
  BlobKey key() {
    return new BlobKey(scope.registry(), digest);
  }

  /** Under which it is wanted. */
  RepositoryName repository() {
    return scope.repository();
  }

  @Override
  public CompletableFuture<Opened> opened() {
    return opened;
  }

  @Override
  public void run() {
    if (tools.store().sizeOf(digest).isPresent()) {
      opened.complete(new Opened.Stored(null));
      return;
    }
    try {
      sameRegistry = tools.rights().arrives(scope, digest);
      peers.begin(this, kept(), outcome::complete);
      ended(awaitOutcome());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      ended(stop(TransferFailure.SHUTDOWN));
    } catch (RuntimeException e) {
      tools.listener().trouble("transfer_failed", scope, digest, String.valueOf(e));
      ended(stop(TransferFailure.SOURCE));
    } finally {
      peers.end(this);
    }
  }

  /** What an earlier transfer left, ready to be gone on with; null where it left nothing. */
  private PeerRuntime.@Nullable Kept kept() {
    OptionalLong size = tools.store().partialSize(digest);
    if (!sameRegistry || size.isEmpty() || size.getAsLong() == BlobStore.UNKNOWN_SIZE) {
      return null;
    }
    ArrivingFile left = null;
    try {
      left = create(size.getAsLong());
      return new PeerRuntime.Kept(left, size.getAsLong(), left.resumedChunks());
    } catch (IOException e) {
      tools.listener().trouble("partial_unusable", scope, digest, String.valueOf(e));
      if (left != null) {
        left.close();
      }
      return null;
    }
  }

  private WantOutcome awaitOutcome() throws InterruptedException {
    while (true) {
      try {
        return outcome.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      } catch (ExecutionException e) {
        throw new IllegalStateException("nobody fails it", e);
      } catch (TimeoutException e) {
        TransferFailure end = whyNotGoOn();
        if (end != null) {
          return stop(end);
        }
      }
    }
  }

  /** Looks after the readers; why it should end where it should. */
  private @Nullable TransferFailure whyNotGoOn() {
    if (tools.stopping().getAsBoolean()) {
      return TransferFailure.SHUTDOWN;
    }
    ArrivingFile arriving;
    synchronized (this) {
      arriving = opened.isDone() ? file : null;
    }
    if (arriving == null) {
      return null;
    }
    for (long offset : arriving.transfer().waits()) {
      peers.readerWaits(this, offset);
    }
    return arriving.transfer().isOver() || arriving.transfer().isWanted()
        ? null
        : TransferFailure.ABANDONED;
  }

  private WantOutcome stop(TransferFailure why) {
    ArrivingFile arriving;
    synchronized (this) {
      arriving = file;
    }
    if (arriving != null) {
      arriving.endsWith(why);
    }
    peers.unwant(this);
    return WantOutcome.NOBODY;
  }

  private void ended(WantOutcome how) {
    ArrivingFile arriving;
    UpstreamAnswer answer;
    boolean answerComes;
    Source from;
    synchronized (this) {
      over = true;
      from = source;
      arriving = file;
      answer = refusal;
      answerComes = asking && !allowed;
    }
    switch (how) {
      case COMPLETE -> {
        // Peers may be faster than upstream's word on who may have it.
        if (!answerComes) {
          opened.complete(new Opened.Stored(from));
        }
      }
      case STORAGE -> {
        abandon(arriving);
        opened.complete(new Opened.NoRoom(null));
      }
      case NOBODY -> {
        abandon(arriving);
        opened.complete(
            new Opened.Otherwise(
                answer != null
                    ? answer
                    : new UpstreamAnswer.Failed(
                        UpstreamAnswer.Reason.BROKEN, "neither peers nor upstream deliver it")));
      }
    }
  }

  /** At once, so that what came is kept before somebody asks for it again. */
  private static void abandon(@Nullable ArrivingFile arriving) {
    if (arriving != null) {
      arriving.abandon();
    }
  }

  // What the runtime's flows tell, on threads that may block.

  /** A place for the blob; in the stead of the one before, if there was one. */
  ArrivingFile create(long size) throws IOException {
    ArrivingFile before;
    synchronized (this) {
      before = file;
    }
    abandon(before);
    synchronized (this) {
      if (over) {
        throw new IOException("nobody wants it any more");
      }
      switch (admit(size)) {
        case BlobStore.Admission.Admitted(PartialBlob partial) -> {
          sameRegistry = true; // What this attempt leaves.
          Transfer transfer = new Transfer(partial, TransferPolicy.DEFAULT, tools.nanoClock());
          file = new ArrivingFile(transfer, partial, this);
          peers.room(true);
          return file;
        }
        case BlobStore.Admission.NoRoom _ -> {
          peers.room(false);
          throw new NoRoomException("the store's limits leave no room");
        }
      }
    }
  }

  private BlobStore.Admission admit(long size) throws IOException {
    try {
      return tools.admit(digest, size, sameRegistry);
    } catch (IllegalStateException e) {
      // An attempt that was refused a moment ago still has it: this one goes past the disk.
      throw new IOException("an attempt before it has not let go of it yet", e);
    }
  }

  /** Bytes come: what they are the first of decides who may have them. */
  void arrives(ArrivingFile into, int bytes, boolean vouched) {
    if (!vouched) {
      tools.listener().fetched(scope.registry(), Source.PEER, bytes);
    }
    if (opened.isDone()) {
      return; // As for all but the first bytes.
    }
    boolean ask;
    synchronized (this) {
      if (source == null) {
        source = vouched ? Source.UPSTREAM : Source.PEER;
      }
      ask = !vouched && !allowed && !asking;
      asking |= ask;
    }
    if (ask) {
      try {
        tools.executor().execute(this::askForRight);
      } catch (RejectedExecutionException e) {
        synchronized (this) {
          asking = false;
        }
        refused(new UpstreamAnswer.Failed(UpstreamAnswer.Reason.BROKEN, "shutting down"));
      }
    }
    openWhereAllowed(into);
  }

  void matched() {
    tools.rights().delivered(scope, digest);
  }

  void mismatched() {
    tools.wrong().accept(digest);
    tools.listener().trouble("digest_mismatch", scope, digest, "what came was discarded");
  }

  UpstreamRun newRun(long start, long end, UpstreamSource.Receiver receiver) {
    return new UpstreamRun(
        new UpstreamRun.From(wanted, upstream), this, tools, start, end, receiver);
  }

  private void askForRight() {
    UpstreamAnswer answer = wanted.head(upstream);
    if (answer instanceof UpstreamAnswer.Found(UpstreamContent content)) {
      try (content) {
        allowedBy(content);
      }
      answered();
    } else if (allowedIn(answer)) {
      allow();
      answered();
    } else {
      synchronized (this) {
        asking = false;
      }
      refused(answer);
    }
  }

  /** The question whether this client may have it is over, and it may. */
  private void answered() {
    Source from;
    synchronized (this) {
      asking = false;
      if (!over) {
        return;
      }
      from = source;
    }
    opened.complete(new Opened.Stored(from));
  }

  /** Whether the client may have it although upstream, which answered so, cannot be asked. */
  private boolean allowedIn(UpstreamAnswer answer) {
    Standing standing = Rights.standing(answer);
    return standing != null
        && tools.rights().allowed(scope, digest, wanted.caller(), standing) != null;
  }

  /** Upstream delivered it, or answered 200 for it, to this very caller. */
  void allowedBy(UpstreamContent content) {
    tools.rights().proven(scope, wanted.descriptor(content), content.anonymous());
    allow();
  }

  private void allow() {
    ArrivingFile arriving;
    synchronized (this) {
      allowed = true;
      arriving = file;
    }
    if (arriving != null) {
      openWhereAllowed(arriving);
    }
  }

  /** Upstream did not; where that is all that is known of this caller's right, it ends here. */
  void refused(UpstreamAnswer answer) {
    tools.rights().answered(scope, digest, answer);
    boolean end;
    synchronized (this) {
      refusal = answer;
      end = !allowed && !asking;
    }
    if (end) {
      opened.complete(new Opened.Otherwise(answer));
      peers.unwant(this);
      outcome.complete(WantOutcome.NOBODY);
    }
  }

  private void openWhereAllowed(ArrivingFile arriving) {
    Source first;
    synchronized (this) {
      if (!allowed || source == null || arriving.hidden()) {
        return;
      }
      first = source;
    }
    if (!opened.isDone()) {
      opened.complete(new Opened.Running(arriving.transfer(), this, first));
    }
  }

  @Override
  public void fetchAhead(TransferReader reader, long offset) {
    peers.readerWaits(this, offset);
  }
}
