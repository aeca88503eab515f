package dev.tarn.server.agent;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Which repositories were asked for under the canary's registry: by containerd, where it comes to
 * this node, and by whoever else on the node likes to. So only a name that nobody can guess proves
 * anything; and since others may push it out of the last few, one that the agent said it waits for
 * stays. The agent tells its digest alone: who hears that cannot make the proof. Thread-safe.
 */
public final class Canaries {
  static final int LAST = 16;
  static final int AWAITED = 4;
  private static final int MAX_CHARS = 64;

  private final ReentrantLock lock = new ReentrantLock();

  /** When each was asked for, the oldest first. */
  private final Map<String, Long> last = new LinkedHashMap<>();

  /** Those that are waited for, by their digest; the one that was told longest ago first. */
  private final Map<String, Optional<Sighting>> awaited = new LinkedHashMap<>();

  private record Sighting(String repository, long nanos) {}

  /** Somebody asked for the repository. For event loops. */
  public void note(String repository, long nowNanos) {
    if (!isCanary(repository)) {
      return;
    }
    lock.lock();
    try {
      last.remove(repository);
      last.put(repository, nowNanos);
      if (last.size() > LAST) {
        last.remove(last.keySet().iterator().next());
      }
      if (!awaited.isEmpty()) {
        awaited.computeIfPresent(
            digest(repository), (_, _) -> Optional.of(new Sighting(repository, nowNanos)));
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * The agent waits for one.
   *
   * @param digest the SHA-256 of its name, in hexadecimal
   */
  void await(String digest) {
    lock.lock();
    try {
      Optional<Sighting> known = awaited.remove(digest);
      awaited.put(digest, known == null ? sighted(digest) : known);
      if (awaited.size() > AWAITED) {
        awaited.remove(awaited.keySet().iterator().next());
      }
    } finally {
      lock.unlock();
    }
  }

  private Optional<Sighting> sighted(String digest) {
    for (Map.Entry<String, Long> one : last.entrySet()) {
      if (digest(one.getKey()).equals(digest)) {
        return Optional.of(new Sighting(one.getKey(), one.getValue()));
      }
    }
    return Optional.empty();
  }

  /** The lines {@code canary REPOSITORY SECONDS}. */
  String lines(long nowNanos) {
    Map<String, Long> shown;
    lock.lock();
    try {
      shown = new HashMap<>(last);
      awaited
          .values()
          .forEach(sighted -> sighted.ifPresent(one -> shown.put(one.repository(), one.nanos())));
    } finally {
      lock.unlock();
    }
    StringBuilder lines = new StringBuilder();
    shown.forEach(
        (repository, nanos) -> {
          long ago = TimeUnit.NANOSECONDS.toSeconds(Math.max(0, nowNanos - nanos));
          lines.append("canary ").append(repository).append(' ').append(ago).append('\n');
        });
    return lines.toString();
  }

  private static boolean isCanary(String repository) {
    return !repository.isEmpty()
        && repository.length() <= MAX_CHARS
        && repository.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
  }

  private static String digest(String repository) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return HexFormat.of()
          .formatHex(sha256.digest(repository.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
