package dev.tarn.server.peer;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.planner.Answer;
import dev.tarn.core.planner.Question;
import dev.tarn.core.proof.Voucher;
import dev.tarn.core.tag.TagName;
import dev.tarn.server.peer.wire.ChunkRequest;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What answers other nodes. Called on event loops, so it must not block. */
public interface PeerService {

  /**
   * Another node asks.
   *
   * @param from its name: by its certificate, or as it says where there is none
   * @param reply to be called once, by any thread
   */
  void asked(String from, Question question, Consumer<Answer> reply);

  /**
   * Another node wants to know how this one is.
   *
   * @param reply to be called once, by any thread; with nothing where it is not told
   */
  default void statusAsked(String from, Consumer<String> reply) {
    reply.accept("");
  }

  /** Another node wants a chunk; {@code upload} is to be served or refused, by any thread. */
  void fetchAsked(String from, ChunkRequest request, Upload upload);

  /**
   * Another node asks what a tag names by its registry's word to this one.
   *
   * @param reply to be called once, by any thread
   */
  default void tagAsked(TagName tag, Consumer<Optional<Digest>> reply) {
    reply.accept(Optional.empty());
  }

  /** Another node was told by the registry that the tag names this. */
  default void tagTold(TagName tag, Digest digest) {}

  /** What this node can say of the blob under the repository that the request names, or null. */
  default @Nullable Voucher voucher(ChunkRequest request) {
    return null;
  }
}
