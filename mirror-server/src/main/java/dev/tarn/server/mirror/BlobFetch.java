package dev.tarn.server.mirror;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.store.BlobStore;
import dev.tarn.core.store.NoRoomException;
import dev.tarn.core.store.PartialBlob;
import dev.tarn.core.transfer.Transfer;
import dev.tarn.core.transfer.TransferFailure;
import dev.tarn.core.transfer.TransferPolicy;
import dev.tarn.server.upstream.Caller;
import dev.tarn.server.upstream.Upstream;
import dev.tarn.server.upstream.UpstreamAnswer;
import dev.tarn.server.upstream.UpstreamContent;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One blob's way from upstream into the store: opens, writes, resumes after a break, verifies. Runs
 * on a virtual thread of its own, from beginning to end.
 */
final class BlobFetch implements Runnable {
  /** Attempts in a row that bring no byte, before the transfer is given up. */
  static final int MAX_FRUITLESS_ATTEMPTS = 5;

  private final Scope scope;
  private final Digest digest;
  private final Caller caller;
  private final Upstream upstream;
  private final Tools tools;
  private final CompletableFuture<Opened> opened = new CompletableFuture<>();

  /**
   * What every fetch works with.
   *
   * @param wrong is told the digest whose bytes turned out wrong
   * @param stopping whether this node is shutting down
   */
  record Tools(
      BlobStore store,
      Rights rights,
      MirrorListener listener,
      Backoff backoff,
      LongSupplier nanoClock,
      Consumer<Digest> wrong,
      BooleanSupplier stopping) {}

  BlobFetch(Scope scope, Digest digest, Caller caller, Upstream upstream, Tools tools) {
    this.scope = scope;
    this.digest = digest;
    this.caller = caller;
    this.upstream = upstream;
    this.tools = tools;
  }

  /** How a run over one upstream body ended. */
  private enum Run {
    FINISHED,
    BROKE_OFF,
    UNWANTED,
    STOPPING
  }

  /** Completed when upstream's first answer is here. */
  CompletableFuture<Opened> opened() {
    return opened;
  }

  @Override
  public void run() {
    try {
      open();
    } catch (IOException | RuntimeException e) {
      tools.listener().trouble("transfer_failed", scope, digest, String.valueOf(e));
      opened.complete(
          new Opened.Otherwise(
              new UpstreamAnswer.Failed(
                  UpstreamAnswer.Reason.PROTOCOL, "the transfer could not be started")));
    }
  }

  private void open() throws IOException {
    if (tools.store().sizeOf(digest).isPresent()) {
      opened.complete(new Opened.Stored());
      return;
    }
    OptionalLong kept = tools.store().partialSize(digest);
    if (kept.isPresent()
        && tools.store().admit(digest, kept.getAsLong())
            instanceof BlobStore.Admission.Admitted(PartialBlob partial)) {
      resume(partial);
    } else {
      start();
    }
  }

  /** Continues what an earlier transfer left: upstream is asked for the rest only. */
  private void resume(PartialBlob partial) throws IOException {
    Transfer transfer = newTransfer(partial);
    // A byte less than is here, so that the answer always has a body and proves the right to it.
    long from = Math.min(transfer.firstMissing(0), Math.max(0, partial.size() - 1));
    UpstreamAnswer answer = upstream.getBlob(scope.repository(), digest, from, caller);
    if (from > 0 && refusesTheRange(answer)) {
      answer = upstream.getBlob(scope.repository(), digest, 0, caller);
    }
    if (!(answer instanceof UpstreamAnswer.Found(UpstreamContent content))) {
      partial.keep();
      partial.close();
      opened.complete(new Opened.Otherwise(answer));
    } else if (content.totalSize() != partial.size()) {
      content.close();
      partial.discard();
      partial.close();
      start();
    } else {
      carry(transfer, content);
    }
  }

  /** Whether it may be the range that upstream makes no sense of, as where the size was wrong. */
  private static boolean refusesTheRange(UpstreamAnswer answer) {
    return answer instanceof UpstreamAnswer.Failed failed
        && (failed.reason() == UpstreamAnswer.Reason.STATUS
            || failed.reason() == UpstreamAnswer.Reason.PROTOCOL);
  }

  private void start() throws IOException {
    UpstreamAnswer answer = upstream.getBlob(scope.repository(), digest, 0, caller);
    if (!(answer instanceof UpstreamAnswer.Found(UpstreamContent content))) {
      opened.complete(new Opened.Otherwise(answer));
      return;
    }
    BlobStore.Admission admission;
    try {
      admission = tools.store().admit(digest, content.totalSize());
    } catch (IOException e) {
      tools.listener().trouble("store_unusable", scope, digest, String.valueOf(e));
      admission = new BlobStore.Admission.NoRoom();
    }
    switch (admission) {
      case BlobStore.Admission.Admitted(PartialBlob partial) ->
          carry(newTransfer(partial), content);
      case BlobStore.Admission.NoRoom _ -> {
        tools
            .rights()
            .proven(scope, Descriptor.blob(digest, content.totalSize()), content.anonymous());
        opened.complete(new Opened.NoRoom(content));
      }
    }
  }

  private Transfer newTransfer(PartialBlob partial) {
    return new Transfer(partial, TransferPolicy.DEFAULT, tools.nanoClock());
  }

  private void carry(Transfer transfer, UpstreamContent first) {
    tools.rights().proven(scope, Descriptor.blob(digest, transfer.size()), first.anonymous());
    opened.complete(new Opened.Running(transfer));
    try {
      TransferFailure failure = fetchAll(transfer, first);
      if (failure != null) {
        transfer.fail(failure);
        tools.listener().trouble("transfer_ended", scope, digest, failure.name());
      } else if (!transfer.complete(transfer.firstMissing(0))) {
        tools.wrong().accept(digest);
        tools
            .listener()
            .trouble("digest_mismatch", scope, digest, "upstream's bytes were discarded");
      }
    } catch (NoRoomException e) {
      fail(transfer, TransferFailure.NO_ROOM, e);
    } catch (IOException | RuntimeException e) {
      fail(transfer, TransferFailure.STORAGE, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      transfer.fail(TransferFailure.SHUTDOWN);
    } finally {
      transfer.writerDone();
    }
  }

  private void fail(Transfer transfer, TransferFailure failure, Exception cause) {
    transfer.fail(failure);
    tools.listener().trouble("transfer_ended", scope, digest, failure + ": " + cause);
  }

  /** Reads upstream until all is here; null then, else why not. Writing errors are thrown. */
  private @Nullable TransferFailure fetchAll(Transfer transfer, UpstreamContent first)
      throws IOException, InterruptedException {
    UpstreamContent content = first;
    int fruitless = 0;
    while (true) {
      long before = transfer.receivedBytes();
      Run run;
      try (UpstreamContent body = content) {
        run = copy(transfer, body);
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
        case BROKE_OFF -> fruitless = transfer.receivedBytes() > before ? 0 : fruitless + 1;
      }
      UpstreamContent next = null;
      while (next == null) {
        if (fruitless >= MAX_FRUITLESS_ATTEMPTS || transfer.size() == BlobStore.UNKNOWN_SIZE) {
          return TransferFailure.SOURCE;
        }
        if (tools.stopping().getAsBoolean()) {
          return TransferFailure.SHUTDOWN;
        }
        if (transfer.abandonUnlessWanted()) {
          return TransferFailure.ABANDONED;
        }
        tools.backoff().pause(fruitless);
        fruitless++;
        switch (reopen(transfer)) {
          case UpstreamAnswer.Found(UpstreamContent again) -> next = again;
          case UpstreamAnswer.Failed _, UpstreamAnswer.RateLimited _ -> {}
          case UpstreamAnswer.NotFound _, UpstreamAnswer.Refused _ -> {
            return TransferFailure.SOURCE;
          }
        }
      }
      content = next;
    }
  }

  private UpstreamAnswer reopen(Transfer transfer) {
    long from = transfer.firstMissing(0);
    UpstreamAnswer answer = upstream.getBlob(scope.repository(), digest, from, caller);
    if (answer instanceof UpstreamAnswer.Found(UpstreamContent content)
        && (content.totalSize() != transfer.size() || content.offset() > from)) {
      content.close();
      return new UpstreamAnswer.Failed(
          UpstreamAnswer.Reason.PROTOCOL, "the size changed in mid-blob");
    }
    return answer;
  }

  private Run copy(Transfer transfer, UpstreamContent content) throws IOException {
    long position = content.offset();
    while (true) {
      ByteBuf bytes;
      try {
        bytes = content.next();
      } catch (IOException e) {
        tools
            .listener()
            .trouble("upstream_broke_off", scope, digest, String.valueOf(e.getMessage()));
        return Run.BROKE_OFF;
      }
      if (bytes == null) {
        long size = transfer.size();
        return size == BlobStore.UNKNOWN_SIZE || position == size ? Run.FINISHED : Run.BROKE_OFF;
      }
      try {
        tools.listener().fetched(scope.registry(), Source.UPSTREAM, bytes.readableBytes());
        write(transfer, position, bytes);
        position += bytes.readableBytes();
      } finally {
        bytes.release();
      }
      if (tools.stopping().getAsBoolean()) {
        return Run.STOPPING;
      }
      if (transfer.abandonUnlessWanted()) {
        return Run.UNWANTED;
      }
    }
  }

  /** Writes what is not here yet of bytes that start at {@code position}. */
  private static void write(Transfer transfer, long position, ByteBuf bytes) throws IOException {
    long missing = transfer.firstMissing(0);
    int skip = (int) Math.min(bytes.readableBytes(), Math.max(0, missing - position));
    long offset = position + skip;
    int length = bytes.readableBytes() - skip;
    if (length == 0) {
      return;
    }
    for (ByteBuffer part : bytes.nioBuffers(bytes.readerIndex() + skip, length)) {
      int size = part.remaining();
      transfer.write(offset, part);
      offset += size;
    }
  }
}
