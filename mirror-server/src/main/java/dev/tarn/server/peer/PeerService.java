package dev.tarn.server.peer;

import dev.tarn.core.planner.Answer;
import dev.tarn.core.planner.Question;
import dev.tarn.server.peer.wire.ChunkRequest;
import java.util.function.Consumer;

/** What answers other nodes. Called on event loops, so it must not block. */
public interface PeerService {

  /**
   * Another node asks.
   *
   * @param from its name: by its certificate, or as it says where there is none
   * @param reply to be called once, by any thread
   */
  void asked(String from, Question question, Consumer<Answer> reply);

  /** Another node wants a chunk; {@code upload} is to be served or refused, by any thread. */
  void fetchAsked(String from, ChunkRequest request, Upload upload);
}
