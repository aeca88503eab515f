package dev.tarn.server.peer.wire;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.BlobKey;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.core.planner.Question;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Which bytes one node wants from another, and how that is spelt as a request's target.
 *
 * @param chunk its number, or {@link Question#WHOLE}
 * @param offset where to begin, within the chunk
 * @param leased the home named the one who is asked as the one who fetches it upstream
 * @param repository under which the asker's client wants it, so that the one who is asked can say
 *     what it knows of it there; null where that is not told
 */
public record ChunkRequest(
    BlobKey key, int chunk, long offset, boolean leased, @Nullable RepositoryName repository) {
  private static final String PREFIX = "/peer/v1/blobs/";
  private static final String CHUNKS = "/chunks/";
  private static final String WHOLE = "whole";
  private static final int MAX_DIGITS = 18;

  /** A request that does not tell a repository. */
  public ChunkRequest(BlobKey key, int chunk, long offset, boolean leased) {
    this(key, chunk, offset, leased, null);
  }

  /** The path and query of the request. */
  public String target() {
    String number = chunk == Question.WHOLE ? WHOLE : Integer.toString(chunk);
    return PREFIX
        + key.registry().value()
        + "/"
        + key.digest()
        + CHUNKS
        + number
        + "?offset="
        + offset
        + (leased ? "&leased=1" : "")
        + (repository == null ? "" : "&repository=" + repository.value());
  }

  /**
   * What {@code target} asks for, or empty where it asks for no chunk; unknown keys are no harm.
   */
  public static Optional<ChunkRequest> parse(String target) {
    int question = target.indexOf('?');
    String path = question < 0 ? target : target.substring(0, question);
    int chunks = path.indexOf(CHUNKS);
    if (!path.startsWith(PREFIX) || chunks < PREFIX.length()) {
      return Optional.empty();
    }
    Optional<BlobKey> key = key(path.substring(PREFIX.length(), chunks));
    String number = path.substring(chunks + CHUNKS.length());
    OptionalLong chunk = number.equals(WHOLE) ? OptionalLong.of(Question.WHOLE) : digits(number);
    String query = question < 0 ? "" : target.substring(question + 1);
    OptionalLong offset = offset(query);
    if (key.isEmpty()
        || chunk.isEmpty()
        || chunk.getAsLong() > Integer.MAX_VALUE
        || offset.isEmpty()) {
      return Optional.empty();
    }
    boolean leased = value(query, "leased").equals("1");
    return Optional.of(
        new ChunkRequest(
            key.get(),
            (int) chunk.getAsLong(),
            offset.getAsLong(),
            leased,
            RepositoryName.parse(value(query, "repository")).orElse(null)));
  }

  private static Optional<BlobKey> key(String path) {
    int slash = path.indexOf('/');
    return slash < 0
        ? Optional.empty()
        : RegistryHost.parse(path.substring(0, slash))
            .flatMap(
                registry ->
                    Digest.parse(path.substring(slash + 1))
                        .map(digest -> new BlobKey(registry, digest)));
  }

  private static OptionalLong offset(String query) {
    String text = value(query, "offset");
    return text.isEmpty() ? OptionalLong.of(0) : digits(text);
  }

  private static String value(String query, String key) {
    for (String pair : query.split("&", -1)) {
      if (pair.startsWith(key + "=")) {
        return pair.substring(key.length() + 1);
      }
    }
    return "";
  }

  private static OptionalLong digits(String text) {
    boolean number =
        !text.isEmpty()
            && text.length() <= MAX_DIGITS
            && text.chars().allMatch(c -> c >= '0' && c <= '9');
    return number ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
  }
}
