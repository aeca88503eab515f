package dev.tarn.server.mirror;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.store.BlobStore;
import dev.tarn.core.transfer.Transfer;
import dev.tarn.core.transfer.TransferReader;
import dev.tarn.server.upstream.UpstreamAnswer;
import dev.tarn.server.upstream.UpstreamContent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Manifests that come the way that blobs come, so that a cluster costs its registry one of each.
 * Blocks; runs on virtual threads.
 */
final class SharedManifests {
  private final Transfers transfers;
  private final HotManifests hot;
  private final Rights rights;

  SharedManifests(Transfers transfers, HotManifests hot, Rights rights) {
    this.transfers = transfers;
    this.hot = hot;
    this.rights = rights;
  }

  /** Whether there are peers to share with. */
  boolean possible() {
    return transfers.peersHaveManifests();
  }

  /**
   * Fetches a manifest.
   *
   * @param allowed whether upstream has just said that the caller may have it
   * @return null where it has to be asked for upstream, alone
   */
  @Nullable ManifestAnswer fetch(Wanted.OfManifest wanted, boolean allowed)
      throws IOException, InterruptedException {
    return switch (transfers.open(wanted, allowed)) {
      case Transfers.Joined.Reading(TransferReader reader, Hurry _, boolean _, Source source) -> {
        try (reader) {
          yield read(wanted, reader, source);
        }
      }
      case Transfers.Joined.Stored(Source from) -> {
        // It may have come to rest just now for somebody else, which lets nobody in.
        HotManifest manifest = mayRead(wanted, allowed) ? hot.find(wanted.digest()) : null;
        yield manifest == null ? null : answer(wanted, manifest, from == null ? Source.DISK : from);
      }
      case Transfers.Joined.NoRoom(UpstreamContent content) -> {
        if (content != null) {
          content.close();
        }
        yield null;
      }
      case Transfers.Joined.OfAnotherRegistry _ -> null;
      case Transfers.Joined.Ended _ ->
          failed(UpstreamAnswer.Reason.BROKEN, "neither peers nor upstream deliver it");
      case Transfers.Joined.Overdue _ ->
          failed(UpstreamAnswer.Reason.TIMEOUT, "has not answered for a while");
      case Transfers.Joined.Otherwise(UpstreamAnswer answer) ->
          new ManifestAnswer.Otherwise(answer);
    };
  }

  private boolean mayRead(Wanted.OfManifest wanted, boolean allowed) {
    return allowed
        ? rights.counts(wanted.scope(), wanted.digest())
        : rights.find(wanted.scope(), wanted.digest(), wanted.caller()) != null;
  }

  private static ManifestAnswer failed(UpstreamAnswer.Reason reason, String detail) {
    return new ManifestAnswer.Otherwise(new UpstreamAnswer.Failed(reason, detail));
  }

  private @Nullable ManifestAnswer read(
      Wanted.OfManifest wanted, TransferReader reader, Source source)
      throws IOException, InterruptedException {
    long size = reader.transfer().size();
    if (size == BlobStore.UNKNOWN_SIZE || size > ManifestFetcher.MAX_MANIFEST_BYTES) {
      return null;
    }
    byte[] bytes = new byte[(int) size];
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (true) {
      int position = buffer.position();
      switch (reader.progress(position)) {
        case Transfer.Progress.Ready(long end) -> {
          buffer.limit((int) end);
          while (buffer.hasRemaining()) {
            if (reader.channel().read(buffer, buffer.position()) < 0) {
              throw new IOException("shorter than its size: " + wanted.digest());
            }
          }
        }
        case Transfer.Progress.Waiting _ -> {
          CountDownLatch progress = new CountDownLatch(1);
          reader.onProgress(position, progress::countDown);
          progress.await();
        }
        case Transfer.Progress.AtEnd _ -> {
          return answer(wanted, hot.put(wanted.digest(), Content.of(bytes)), source);
        }
        case Transfer.Progress.Failed _ -> {
          return failed(UpstreamAnswer.Reason.BROKEN, "the manifest broke off");
        }
      }
    }
  }

  private @Nullable ManifestAnswer answer(
      Wanted.OfManifest wanted, HotManifest manifest, Source source) {
    Digest digest = wanted.digest();
    String type = rights.manifestType(wanted.scope(), digest);
    return type == null
        ? null
        : new ManifestAnswer.Fetched(
            new Descriptor(type, digest, manifest.content().length()), manifest, source);
  }
}
