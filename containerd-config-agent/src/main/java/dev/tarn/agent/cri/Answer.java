package dev.tarn.agent.cri;

import java.nio.ByteBuffer;
import java.util.Optional;

/** What came of a call. */
public sealed interface Answer {
  /** It was done. */
  record Message(ByteBuffer content) implements Answer {}

  /**
   * It was answered, without a message: the call failed there.
   *
   * @param status gRPC's, where it could be read
   */
  record Refused(Optional<Integer> status) implements Answer {
    /** The service, or this version of it, is not there. */
    public static final int UNIMPLEMENTED = 12;

    /** The server is there, and cannot serve now. */
    public static final int UNAVAILABLE = 14;
  }

  /** The time ran out. The call may still be under way there. */
  record Silent() implements Answer {}

  /** Nobody who speaks the protocol is there. {@code why} is for a person. */
  record Unreachable(String why) implements Answer {}
}
