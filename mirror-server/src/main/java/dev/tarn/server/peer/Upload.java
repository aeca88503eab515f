package dev.tarn.server.peer;

import dev.tarn.core.planner.Event.FetchFailure;

/** A chunk that another node asked for. Thread-safe; calls after its end do nothing but close. */
public interface Upload {
  /** Sends the body as it comes; owns it from now on. */
  void serve(ChunkBody body);

  /** Says no. */
  void refuse(FetchFailure reason);

  /** Breaks off what is being served, and says why; the one who reads drops or keeps its bytes. */
  void cut(FetchFailure reason);

  /**
   * Calls {@code ended} once it is over, whichever way, and its body closed; at once where it is.
   */
  void onEnd(Runnable ended);
}
