package dev.tarn.server.mirror;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.store.BlobStore;
import dev.tarn.core.store.NoRoomException;
import dev.tarn.core.transfer.Transfer;
import dev.tarn.core.transfer.TransferFailure;
import dev.tarn.core.transfer.TransferReader;
import dev.tarn.server.upstream.Upstream;
import dev.tarn.server.upstream.UpstreamAnswer;
import dev.tarn.server.upstream.UpstreamContent;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Carries one blob's bytes from upstream into its transfer: in order, resumed after a break, and at
 * its end verified. {@link #carry} runs on the transfer's own virtual thread.
 *
 * <p>A reader that waits far ahead is not made to wait for everything before: {@link #fetchAhead}
 * fetches for it from where it waits. The run in order skips what such a run has brought.
 */
final class BlobCarrier implements Hurry {
  /** Attempts in a row that bring no byte, before the transfer is given up. */
  private static final int MAX_FRUITLESS_ATTEMPTS = 5;

  /** How far ahead of the run in order a reader must wait to get a run of its own. */
  private static final long FAR_BYTES = 8L * 1024 * 1024;

  /** What is here already is skipped by asking upstream anew only where it is at least so much. */
  private static final long SKIP_BYTES = 1024 * 1024;

  private static final int MAX_RUNS_AHEAD = 3;

  private final Scope scope;
  private final Digest digest;
  private final Wanted wanted;
  private final Upstream upstream;
  private final Transfer transfer;
  private final BlobFetch.Tools tools;

  // Guarded by this.
  private final List<Ahead> ahead = new ArrayList<>();

  /** A run out of order: up to where it is at work, and when it is done. */
  private static final class Ahead {
    final long start;
    final CountDownLatch done = new CountDownLatch(1);

    Ahead(long start) {
      this.start = start;
    }
  }

  /** How a run over one upstream body ended. */
  private enum Run {
    FINISHED,
    SKIPS,
    BROKE_OFF,
    UNWANTED,
    STOPPING
  }

  BlobCarrier(Wanted wanted, Upstream upstream, Transfer transfer, BlobFetch.Tools tools) {
    this.scope = wanted.scope();
    this.digest = transfer.digest();
    this.wanted = wanted;
    this.upstream = upstream;
    this.transfer = transfer;
    this.tools = tools;
  }

  /** Carries all that is missing, beginning with {@code first}, and ends the transfer. */
  void carry(UpstreamContent first) {
    try {
      TransferFailure failure = fetchAll(first);
      awaitRunsAhead();
      if (failure != null) {
        transfer.fail(failure);
        report("transfer_ended", failure.name());
      } else if (transfer.complete(transfer.firstMissing(0))) {
        tools.rights().delivered(scope, digest);
      } else {
        tools.wrong().accept(digest);
        report("digest_mismatch", "upstream's bytes were discarded");
      }
    } catch (NoRoomException e) {
      fail(TransferFailure.NO_ROOM, e);
    } catch (IOException e) {
      fail(TransferFailure.STORAGE, e);
    } catch (RuntimeException e) {
      // None of the store's: what came is as good as before.
      boolean stopping = tools.stopping().getAsBoolean();
      fail(stopping ? TransferFailure.SHUTDOWN : TransferFailure.SOURCE, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      transfer.fail(TransferFailure.SHUTDOWN);
    } finally {
      transfer.writerDone();
    }
  }

  private void fail(TransferFailure failure, Exception cause) {
    transfer.fail(failure);
    report("transfer_ended", failure + ": " + cause);
  }

  private void report(String event, String why) {
    tools.listener().trouble(event, scope, digest, why);
  }

  /** Reads upstream until all is here; null then, else why not. Writing errors are thrown. */
  private @Nullable TransferFailure fetchAll(UpstreamContent first)
      throws IOException, InterruptedException {
    UpstreamContent content = first;
    int fruitless = 0;
    while (true) {
      long before = transfer.receivedBytes();
      Run run;
      try (UpstreamContent body = content) {
        run = copyInOrder(body);
      }
      switch (run) {
        case FINISHED -> {
          return null;
        }
        case UNWANTED -> {
          return TransferFailure.ABANDONED;
        }
        case STOPPING -> {
          return TransferFailure.SHUTDOWN;
        }
        case SKIPS -> awaitRunsAhead();
        case BROKE_OFF -> fruitless = transfer.receivedBytes() > before ? 0 : fruitless + 1;
      }
      if (transfer.firstMissing(0) == transfer.size()) {
        return null;
      }
      UpstreamContent next = null;
      while (next == null) {
        TransferFailure end = whyNotGoOn(fruitless);
        if (end != null) {
          return end;
        }
        if (run == Run.BROKE_OFF) {
          tools.backoff().pause(fruitless++);
        }
        switch (reopen(transfer.firstMissing(0))) {
          case UpstreamAnswer.Found(UpstreamContent again) -> next = again;
          case UpstreamAnswer.Failed _, UpstreamAnswer.RateLimited _, UpstreamAnswer.TooMany _ ->
              run = Run.BROKE_OFF;
          case UpstreamAnswer.NotFound _, UpstreamAnswer.Refused _ -> {
            return TransferFailure.SOURCE;
          }
        }
      }
      content = next;
    }
  }

  private @Nullable TransferFailure whyNotGoOn(int fruitless) {
    if (fruitless >= MAX_FRUITLESS_ATTEMPTS || transfer.size() == BlobStore.UNKNOWN_SIZE) {
      return TransferFailure.SOURCE;
    }
    if (tools.stopping().getAsBoolean()) {
      return TransferFailure.SHUTDOWN;
    }
    return transfer.abandonUnlessWanted() ? TransferFailure.ABANDONED : null;
  }

  private UpstreamAnswer reopen(long from) {
    UpstreamAnswer answer = wanted.get(upstream, from, Upstream.UNTIL_THE_END);
    if (answer instanceof UpstreamAnswer.Found(UpstreamContent content)
        && (content.totalSize() != transfer.size() || content.offset() > from)) {
      content.close();
      return new UpstreamAnswer.Failed(
          UpstreamAnswer.Reason.PROTOCOL, "the size changed in mid-blob");
    }
    return answer;
  }

  private Run copyInOrder(UpstreamContent content) throws IOException {
    long position = content.offset();
    // An upstream that sent everything to a request for a part has no ranges to skip with.
    boolean canSkip = position >= transfer.firstMissing(0) || position > 0;
    while (true) {
      ByteBuf bytes;
      try {
        bytes = content.next();
      } catch (IOException e) {
        report("upstream_broke_off", String.valueOf(e.getMessage()));
        return Run.BROKE_OFF;
      }
      if (bytes == null) {
        long size = transfer.size();
        return size == BlobStore.UNKNOWN_SIZE || position == size ? Run.FINISHED : Run.BROKE_OFF;
      }
      position = write(position, bytes);
      if (tools.stopping().getAsBoolean()) {
        return Run.STOPPING;
      }
      if (transfer.abandonUnlessWanted()) {
        return Run.UNWANTED;
      }
      if (canSkip && transfer.firstMissing(position) - position >= SKIP_BYTES) {
        return Run.SKIPS;
      }
    }
  }

  /**
   * Writes bytes that start at {@code position}, those that are not here yet, and releases them.
   *
   * @return the position after them
   */
  private long write(long position, ByteBuf bytes) throws IOException {
    try {
      tools.listener().fetched(scope.registry(), Source.UPSTREAM, bytes.readableBytes());
      long offset = position;
      for (ByteBuffer part : bytes.nioBuffers()) {
        transfer.write(offset, part);
        offset += part.remaining();
      }
      return offset;
    } finally {
      bytes.release();
    }
  }

  /**
   * Starts a run at {@code offset}, on a thread of its own, if a reader waits there that the run in
   * order will not reach soon. Does nothing where enough such runs are under way.
   */
  @Override
  public void fetchAhead(TransferReader reader, long offset) {
    if (transfer.size() == BlobStore.UNKNOWN_SIZE
        || offset - transfer.firstMissing(0) < FAR_BYTES
        || transfer.firstMissing(offset) > offset) {
      return;
    }
    Ahead run = new Ahead(offset);
    synchronized (this) {
      boolean served =
          ahead.stream()
              .anyMatch(
                  other -> {
                    long at = transfer.firstMissing(other.start);
                    return other.start <= offset && offset - at < FAR_BYTES;
                  });
      if (served || ahead.size() >= MAX_RUNS_AHEAD || transfer.isOver()) {
        return;
      }
      ahead.add(run);
    }
    tools.executor().execute(() -> runAhead(run, reader));
  }

  private void runAhead(Ahead run, TransferReader reader) {
    try {
      if (reopen(run.start) instanceof UpstreamAnswer.Found(UpstreamContent content)) {
        try (content) {
          if (content.offset() == run.start) {
            copyAhead(content, reader);
          }
        }
      }
    } catch (IOException | RuntimeException e) {
      // The run in order brings these bytes, or fails for the same reason.
      report("run_ahead_ended", String.valueOf(e.getMessage()));
    } finally {
      synchronized (this) {
        ahead.remove(run);
      }
      run.done.countDown();
    }
  }

  private void copyAhead(UpstreamContent content, TransferReader reader) throws IOException {
    long position = content.offset();
    ByteBuf bytes = content.next();
    while (bytes != null) {
      position = write(position, bytes);
      boolean reachedOthers = transfer.firstMissing(position) > position;
      if (reachedOthers || reader.isClosed() || tools.stopping().getAsBoolean()) {
        return;
      }
      bytes = content.next();
    }
  }

  private void awaitRunsAhead() throws InterruptedException {
    List<Ahead> running;
    synchronized (this) {
      running = List.copyOf(ahead);
    }
    for (Ahead run : running) {
      run.done.await();
    }
  }
}
