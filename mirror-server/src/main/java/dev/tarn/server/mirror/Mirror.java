package dev.tarn.server.mirror;

import dev.tarn.core.name.Tag;
import dev.tarn.core.proof.Deliveries;
import dev.tarn.core.proof.ProofStore;
import dev.tarn.core.store.BlobStore;
import dev.tarn.core.tag.TagStore;
import dev.tarn.server.mirror.MirrorRequest.OfBlob;
import dev.tarn.server.mirror.MirrorRequest.OfListing;
import dev.tarn.server.mirror.MirrorRequest.OfManifest;
import dev.tarn.server.mirror.MirrorRequest.OfToken;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The mirror of the configured registries: request in, answer out. Thread-safe. {@link #hit} never
 * blocks and is for event loops; {@link #answer} blocks and is for virtual threads.
 */
public final class Mirror {
  private final Manifests manifests;
  private final Blobs blobs;
  private final KnownTags tags;
  private final HotManifests hot;
  private final Listings listings;
  private final TokenRelay tokens;
  private final Transfers transfers;
  private final MirrorListener listener;

  /** The stores that a mirror keeps what it learns in, and what it may read beside them. */
  public record Stores(
      BlobStore blobs,
      SecondSource second,
      TagStore tags,
      ProofStore proofs,
      Deliveries deliveries,
      Access access) {}

  /**
   * Time, threads and patience, as the mirror is given them.
   *
   * @param peers whom blobs are fetched together with; null where this node is alone
   */
  public record Surroundings(
      Clock clock,
      LongSupplier nanoClock,
      Executor executor,
      Duration headerTimeout,
      Backoff backoff,
      @Nullable PeerFetches peers) {}

  public Mirror(
      Registries registries, Stores stores, Surroundings surroundings, MirrorListener listener) {
    this.listener = listener;
    Rights rights =
        new Rights(
            registries,
            stores.access(),
            stores.proofs(),
            stores.deliveries(),
            surroundings.clock(),
            listener);
    this.hot = new HotManifests(stores.blobs(), listener);
    this.transfers =
        new Transfers(
            registries,
            stores.blobs(),
            rights,
            listener,
            surroundings.backoff(),
            surroundings.executor(),
            surroundings.nanoClock(),
            surroundings.headerTimeout(),
            surroundings.peers());
    this.blobs =
        new Blobs(
            registries,
            stores.blobs(),
            stores.second(),
            transfers,
            new BlobHeads(
                registries,
                rights,
                surroundings.executor(),
                surroundings.nanoClock(),
                patience(surroundings.headerTimeout())),
            new Rechecks(
                stores.blobs(),
                listener,
                surroundings.executor(),
                surroundings.nanoClock(),
                patience(surroundings.headerTimeout())),
            rights,
            listener,
            FirstByte.within(surroundings.headerTimeout()));
    ManifestFetcher fetcher =
        new ManifestFetcher(
            registries,
            new SharedManifests(transfers, hot, rights),
            stores.blobs(),
            hot,
            rights,
            listener,
            surroundings.executor(),
            surroundings.nanoClock(),
            patience(surroundings.headerTimeout()));
    this.tags = new KnownTags(registries, stores.tags(), surroundings.clock(), listener);
    PeerFetches peers = surroundings.peers();
    TagWitnesses witnesses = new TagWitnesses(peers, registries, rights);
    if (peers != null) {
      peers.vouchBy(
          rights,
          new TagHome(
              registries, tags, fetcher, surroundings.executor(), surroundings.nanoClock()));
    }
    this.manifests = new Manifests(fetcher, hot, tags, witnesses, rights, listener);
    this.listings = new Listings(registries);
    this.tokens =
        new TokenRelay(
            registries,
            stores.access(),
            surroundings.clock(),
            surroundings.nanoClock(),
            patience(surroundings.headerTimeout()),
            listener);
  }

  /** How long to wait for upstream's word on a manifest, so that a stale one is still in time. */
  private static Duration patience(Duration headerTimeout) {
    return Duration.ofNanos(headerTimeout.toNanos() / 5 * 4);
  }

  /** The answer where it is at hand; null where {@link #answer} has to be asked. */
  public @Nullable Answer hit(MirrorRequest request) {
    return switch (request) {
      case OfManifest manifest -> manifests.hit(manifest);
      case OfBlob blob -> blobs.hit(blob);
      case OfListing _, OfToken _ -> null;
    };
  }

  /** The answer, fetched from upstream where need be. */
  public Answer answer(MirrorRequest request) throws InterruptedException {
    try {
      return switch (request) {
        case OfManifest manifest -> manifests.answer(manifest);
        case OfBlob blob -> blobs.answer(blob);
        case OfListing listing -> listings.answer(listing);
        case OfToken token -> tokens.answer(token);
      };
    } catch (IOException e) {
      listener.trouble(
          "store_unreadable",
          request.scope(),
          request.getClass().getSimpleName(),
          String.valueOf(e));
      return Answer.unavailable(502, "the store cannot be read");
    }
  }

  /** What a client was sent to this node for a token with, if it was. */
  public Optional<TokenTicket> ticket(String text) {
    return tokens.ticket(text);
  }

  /**
   * An answer that asks for a credential, put so that the client gets its token through this node,
   * where it is to. Never blocks.
   *
   * @param base scheme, host and port of this node, as the client has them
   */
  public Answer named(MirrorRequest request, Answer answer, String base) {
    return tokens.named(request, answer, base);
  }

  /**
   * Drops what is known of a tag, or of all tags of a repository, so that upstream is asked at the
   * next request. Content stays, under its digest. Blocks.
   *
   * @return what was known of them
   * @throws IOException where it could not be dropped from the disk: it is known again after a
   *     restart
   */
  public List<InvalidatedTag> invalidate(Scope scope, Optional<Tag> tag) throws IOException {
    List<InvalidatedTag> known = tags.invalidate(scope, tag);
    known.forEach(invalidated -> hot.forget(invalidated.digest()));
    return known;
  }

  /** How many blobs are arriving. */
  public int transfersInFlight() {
    return transfers.inFlight();
  }

  /** What is arriving. */
  public List<InFlight> inFlight() {
    return transfers.list();
  }

  /** Ends transfers at their next byte, keeping what came; waits for that up to {@code limit}. */
  public void stop(Duration limit) {
    transfers.stop(limit);
  }
}
