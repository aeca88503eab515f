package dev.tarn.core.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tarn.core.catalog.CachedRecords;
import dev.tarn.core.catalog.Catalog;
import dev.tarn.core.catalog.FieldRecord;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which credentials a registry accepted for which repository, and when. What anybody may read is
 * such a decision too, about {@link Credential#NONE}. Thread-safe; {@link #allow} may run on an
 * event loop.
 *
 * <p>Decisions on names and passwords, and on what anybody may read, are kept across restarts; a
 * token is another at the next pull, so those on tokens are kept in memory, as many as are of use.
 */
public final class Decisions {
  private static final int MAX_TOKENS = 16_384;
  private static final String ACCEPTED = "acceptedMillis";

  /**
   * A decision on disk is renewed only when it is that much older than the one in memory: a name
   * and a password that are used all day cost a few writes.
   */
  private static final Duration RENEWAL = Duration.ofMinutes(30);

  /** Keys that are known beyond it are looked for on disk. */
  private static final int MAX_KEYS = 65_536;

  private record Subject(RegistryHost registry, RepositoryName repository, String key) {}

  private final Catalog catalog;
  private final CachedRecords<Subject, Instant> kept;
  private final Cache<Subject, Instant> lately =
      Caffeine.newBuilder().maximumSize(MAX_TOKENS).executor(Runnable::run).build();
  private final AccessPolicy policy;
  private final InstantSource clock;

  /** Of whom anything may be kept on disk, once somebody had to know. */
  private final Set<String> keptKeys = ConcurrentHashMap.newKeySet();

  private boolean keptKeysLoaded;

  public Decisions(Catalog catalog, AccessPolicy policy, InstantSource clock) {
    this.catalog = catalog;
    this.kept =
        new CachedRecords<>(
            catalog,
            subject -> catalog.access(subject.registry(), subject.repository(), subject.key()),
            accepted -> new FieldRecord(Map.of(ACCEPTED, Long.toString(accepted.toEpochMilli()))),
            Decisions::parse);
    this.policy = policy;
    this.clock = clock;
  }

  private static Optional<Instant> parse(FieldRecord fields) {
    return fields.number(ACCEPTED).map(Instant::ofEpochMilli);
  }

  /** The registry let it read in the repository, just now. */
  public void accepted(RegistryHost registry, RepositoryName repository, Credential credential)
      throws IOException {
    Subject subject = new Subject(registry, repository, credential.key());
    Instant now = clock.instant();
    lately.put(subject, now);
    if (credential.kind() == Credential.Kind.TOKEN) {
      return;
    }
    Instant before = kept.find(subject);
    if (before == null || before.plus(RENEWAL).isBefore(now) || before.isAfter(now)) {
      keptKeys.add(credential.key());
      kept.update(subject, earlier -> now);
    }
  }

  /** The registry did not: whatever it said before, that is over, for good. */
  public void refused(RegistryHost registry, RepositoryName repository, Credential credential)
      throws IOException {
    Subject subject = new Subject(registry, repository, credential.key());
    lately.invalidate(subject);
    if (credential.kind() != Credential.Kind.TOKEN && kept.find(subject) != null) {
      kept.forget(subject);
    }
  }

  /**
   * The credential itself is good for nothing any more, in whatever repository. Walks through all
   * that is kept where it was good before: for a thread that may block.
   */
  public void revoked(Credential credential) throws IOException {
    String key = credential.key();
    lately.asMap().keySet().removeIf(subject -> subject.key().equals(key));
    if (mayBeKept(key)) {
      catalog.forEachAccess(
          file -> {
            if (file.endsWith(key)) {
              catalog.delete(file);
            }
          });
      kept.forgetMemory();
    }
  }

  /** Whether there may be a record of it; who makes up credentials makes nobody walk for them. */
  private synchronized boolean mayBeKept(String key) throws IOException {
    if (!keptKeysLoaded) {
      catalog.forEachAccess(file -> keptKeys.add(String.valueOf(file.getFileName())));
      keptKeysLoaded = true;
    }
    return keptKeys.size() > MAX_KEYS || keptKeys.contains(key);
  }

  /** Whether the registry's last word on it still allows to read in the repository. */
  public boolean allow(
      RegistryHost registry, RepositoryName repository, Credential credential, Standing standing) {
    Subject subject = new Subject(registry, repository, credential.key());
    Instant accepted = lately.getIfPresent(subject);
    if (accepted == null && credential.kind() != Credential.Kind.TOKEN) {
      accepted = kept.find(subject);
    }
    Instant now = clock.instant();
    // A clock that was set back must not make a decision last for ever.
    return accepted != null
        && !accepted.isAfter(now.plus(policy.decisionTime()))
        && credential.lives(now)
        && lasts(accepted, now, credential, standing);
  }

  /**
   * Drops decisions that were kept and are older than {@code olderThan}. Walks through all of them:
   * for a thread that may block, every few hours.
   *
   * @return how many were dropped
   */
  public int sweep(Instant olderThan) throws IOException {
    int[] dropped = {0};
    catalog.forEachAccess(
        file -> {
          Optional<Instant> accepted = catalog.read(file).flatMap(Decisions::parse);
          if (accepted.isEmpty() || accepted.get().isBefore(olderThan)) {
            catalog.delete(file);
            dropped[0]++;
          }
        });
    if (dropped[0] > 0) {
      kept.forgetMemory();
    }
    return dropped[0];
  }

  private boolean lasts(Instant accepted, Instant now, Credential credential, Standing standing) {
    @Nullable Duration limit =
        switch (standing) {
          case ANSWERS -> policy.decisionTime();
          case RATE_LIMITED ->
              credential.kind() == Credential.Kind.NONE
                  ? null
                  : policy.decisionTime().plus(AccessPolicy.RATE_LIMITED_LONGER);
          case AWAY ->
              switch (credential.kind()) {
                case NONE -> null;
                case BASIC -> policy.graceTime();
                case TOKEN ->
                    credential.expires() == null ? policy.decisionTime() : policy.graceTime();
              };
        };
    return limit == null || now.isBefore(accepted.plus(limit));
  }
}
