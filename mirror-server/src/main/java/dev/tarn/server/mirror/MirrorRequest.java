package dev.tarn.server.mirror;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.Reference;
import dev.tarn.core.range.RangeRequest;
import dev.tarn.server.upstream.Caller;
import dev.tarn.server.upstream.TokenRequest;

/**
 * What a client asks of the mirror, parsed: every name in it is valid and its registry is served.
 */
public sealed interface MirrorRequest {
  Scope scope();

  /** On whose behalf it is asked. */
  Caller caller();

  /** Whether only the headers are wanted. */
  boolean head();

  /** A manifest by tag or digest. {@code accept} is the client's list of media types. */
  record OfManifest(Scope scope, Caller caller, boolean head, Reference reference, String accept)
      implements MirrorRequest {}

  /** A blob, or a part of it. */
  record OfBlob(Scope scope, Caller caller, boolean head, Digest digest, RangeRequest range)
      implements MirrorRequest {}

  /** A token of the realm that the ticket names. */
  record OfToken(TokenTicket ticket, TokenRequest request) implements MirrorRequest {
    @Override
    public Scope scope() {
      return ticket.scope();
    }

    /** What it comes with is for the realm, and for no registry. */
    @Override
    public Caller caller() {
      return Caller.anonymous();
    }

    @Override
    public boolean head() {
      return false;
    }
  }

  /** Something that is passed through: {@code pathAndQuery} follows the repository's name. */
  record OfListing(Scope scope, Caller caller, boolean head, String pathAndQuery)
      implements MirrorRequest {}
}
