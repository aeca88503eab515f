package dev.tarn.server.mirror;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.store.BlobStore;
import dev.tarn.core.store.PartialBlob;
import dev.tarn.core.transfer.Transfer;
import dev.tarn.core.transfer.TransferPolicy;
import dev.tarn.server.upstream.Upstream;
import dev.tarn.server.upstream.UpstreamAnswer;
import dev.tarn.server.upstream.UpstreamContent;
import java.io.IOException;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * One blob's way from upstream into the store: asks upstream, makes room, and has a {@link
 * BlobCarrier} carry the bytes. Runs on a virtual thread of its own, from beginning to end.
 */
final class BlobFetch implements Fetch {
  private final Wanted wanted;
  private final Scope scope;
  private final Digest digest;
  private final Upstream upstream;
  private final Tools tools;
  private final CompletableFuture<Opened> opened = new CompletableFuture<>();

  /** Whether what an earlier transfer left came from the same registry. */
  private boolean sameRegistry;

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
      BooleanSupplier stopping,
      Executor executor) {

    /**
     * Makes room; what an earlier transfer left is gone on with only where it came from the same
     * registry: else one that has nothing but a blob's digest could have the rest of it.
     */
    BlobStore.Admission admit(Digest digest, long size, boolean sameRegistry) throws IOException {
      BlobStore.Admission admission = store.admit(digest, size);
      if (sameRegistry
          || !(admission instanceof BlobStore.Admission.Admitted(PartialBlob partial))
          || partial.resumedChunks().isEmpty()) {
        return admission;
      }
      partial.discard();
      partial.close();
      return store.admit(digest, size);
    }
  }

  BlobFetch(Wanted wanted, Upstream upstream, Tools tools) {
    this.wanted = wanted;
    this.scope = wanted.scope();
    this.digest = wanted.digest();
    this.upstream = upstream;
    this.tools = tools;
  }

  @Override
  public CompletableFuture<Opened> opened() {
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
      opened.complete(new Opened.Stored(null));
      return;
    }
    OptionalLong kept = tools.store().partialSize(digest);
    sameRegistry = tools.rights().arrives(scope, digest);
    if (kept.isPresent()
        && sameRegistry
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
    UpstreamAnswer answer = wanted.get(upstream, from, Upstream.UNTIL_THE_END);
    if (from > 0 && refusesTheRange(answer)) {
      answer = wanted.get(upstream, 0, Upstream.UNTIL_THE_END);
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
    UpstreamAnswer answer = wanted.get(upstream, 0, Upstream.UNTIL_THE_END);
    if (!(answer instanceof UpstreamAnswer.Found(UpstreamContent content))) {
      opened.complete(new Opened.Otherwise(answer));
      return;
    }
    BlobStore.Admission admission;
    try {
      admission = tools.admit(digest, content.totalSize(), sameRegistry);
    } catch (IOException e) {
      tools.listener().trouble("store_unusable", scope, digest, String.valueOf(e));
      admission = new BlobStore.Admission.NoRoom();
    }
    switch (admission) {
      case BlobStore.Admission.Admitted(PartialBlob partial) ->
          carry(newTransfer(partial), content);
      case BlobStore.Admission.NoRoom _ -> {
        tools.rights().proven(scope, wanted.descriptor(content), content.anonymous());
        opened.complete(new Opened.NoRoom(content));
      }
    }
  }

  private Transfer newTransfer(PartialBlob partial) {
    return new Transfer(partial, TransferPolicy.DEFAULT, tools.nanoClock());
  }

  private void carry(Transfer transfer, UpstreamContent first) {
    tools.rights().proven(scope, wanted.descriptor(first), first.anonymous());
    BlobCarrier carrier = new BlobCarrier(wanted, upstream, transfer, tools);
    opened.complete(new Opened.Running(transfer, carrier, Source.UPSTREAM));
    carrier.carry(first);
  }
}
