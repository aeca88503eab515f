package dev.tarn.server.peer.wire;

import dev.tarn.core.planner.Event.FetchFailure;
import java.util.Locale;
import java.util.Optional;

/** The words and bounds of the protocol between nodes. Constants and pure functions. */
public final class PeerProtocol {
  /** What this build speaks; every later version answers to it as long as the path says v1. */
  public static final String VERSION = "1";

  public static final String ASK_PATH = "/peer/v1/ask";
  public static final String TAGS_PATH = "/peer/v1/tags";

  /** How a node is; one of an earlier version answers 404. */
  public static final String STATUS_PATH = "/peer/v1/status";

  /** What a node says of how it is. */
  public static final int MAX_STATUS_BYTES = 64 * 1024;

  /** On every request and answer: the version that the sender speaks. */
  public static final String VERSION_HEADER = "Tarn-Protocol";

  /** Who asks; believed in plain mode only, else the certificate says it. */
  public static final String NODE_HEADER = "Tarn-Node";

  /** Whom the asker means, so that an address that changed hands answers to nobody. */
  public static final String TO_HEADER = "Tarn-To";

  /** The size of the blob that a chunk is of, where the sender knows it. */
  public static final String BLOB_SIZE_HEADER = "Tarn-Blob-Size";

  /** Whether the sender vouches that a chunk's blob may be read where the asker wants it. */
  public static final String READABLE_HEADER = "Tarn-Readable";

  /** For how many seconds that has been passed on since a registry's word was behind it. */
  public static final String AGE_HEADER = "Age";

  /** The type of that blob by its registry's word. */
  public static final String MEDIA_TYPE_HEADER = "Tarn-Media-Type";

  /** Why there is no chunk, as a header; or no more of it, as a trailer. */
  public static final String FAILURE_HEADER = "Tarn-Failure";

  /** The digest of all of the chunk; a trailer. */
  public static final String CHUNK_DIGEST_TRAILER = "Tarn-Chunk-Digest";

  /** Who fetched the chunk upstream; a trailer. */
  public static final String FETCHED_BY_TRAILER = "Tarn-Fetched-By";

  /** A question or an answer. */
  public static final int MAX_MESSAGE_BYTES = 1024 * 1024;

  /** What is said about a tag. */
  public static final int MAX_TAG_MESSAGE_BYTES = 16 * 1024;

  public static final int MAX_REQUEST_LINE_BYTES = 1024;
  public static final int MAX_HEADER_BYTES = 8 * 1024;
  public static final int MAX_NAME_LENGTH = 253;

  private PeerProtocol() {}

  /** Whether {@code name} can be a node's name: what a header and a log line can carry. */
  public static boolean isNodeName(String name) {
    return !name.isEmpty()
        && name.length() <= MAX_NAME_LENGTH
        && name.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '"' && c != '\\');
  }

  /** The status of a refusal; its {@link #FAILURE_HEADER} says the same in a word. */
  public static int statusOf(FetchFailure failure) {
    return switch (failure) {
      case BUSY -> 429;
      case NOT_AHEAD -> 409;
      case GONE, MISMATCH -> 404;
      case DENIED -> 403;
      case UNREACHABLE, UNAVAILABLE -> 503;
    };
  }

  /** The word for a failure in {@link #FAILURE_HEADER}. */
  public static String wordOf(FetchFailure failure) {
    return failure.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What a refusal means, by its word or, where that is not known, by its status. */
  public static Optional<FetchFailure> failureOf(int status, String word) {
    Optional<FetchFailure> said = failureOf(word);
    if (said.isPresent() || word.isEmpty()) {
      return said;
    }
    return switch (status) {
      case 429, 503 -> Optional.of(FetchFailure.BUSY);
      case 409 -> Optional.of(FetchFailure.NOT_AHEAD);
      case 404, 410 -> Optional.of(FetchFailure.GONE);
      default -> Optional.empty();
    };
  }

  /**
   * What a word of a peer means to the one who reads from it; empty where it is none that a peer
   * may say, as what only upstream does.
   */
  public static Optional<FetchFailure> failureOf(String word) {
    return switch (word) {
      case "busy" -> Optional.of(FetchFailure.BUSY);
      case "not-ahead" -> Optional.of(FetchFailure.NOT_AHEAD);
      case "gone" -> Optional.of(FetchFailure.GONE);
      case "mismatch" -> Optional.of(FetchFailure.MISMATCH);
      default -> Optional.empty();
    };
  }
}
