package dev.tarn.server.testing;

import dev.tarn.core.store.BlobStore;
import dev.tarn.core.store.FileSystemSpace;
import dev.tarn.server.mirror.TagRules;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;

/** What a test may want of a {@link MirrorFixture} otherwise. */
public record MirrorOptions(
    Timeouts timeouts,
    TagRules tags,
    int maxConnections,
    FileSystemSpace space,
    UnaryOperator<BlobStore> stores,
    UnaryOperator<Executor> fetching,
    Manners manners) {
  /**
   * How the mirror behaves towards its upstream.
   *
   * @param clientRate requests a second that a client may cause, by the mirror's monotonic clock,
   *     which stands; 0 for no limit
   */
  public record Manners(int clientRate, int clientBurst, boolean refusesInOutage) {}

  /** How long the endpoint, and the upstream client, wait for what. */
  public record Timeouts(
      Duration header,
      Duration stall,
      Duration idle,
      Duration upstreamHeader,
      Duration upstreamStall) {}

  /** Short enough for tests that wait for time-outs. */
  public static MirrorOptions standard() {
    return new MirrorOptions(
        new Timeouts(
            Duration.ofMillis(1500),
            Duration.ofMillis(600),
            Duration.ofSeconds(30),
            Duration.ofSeconds(4),
            Duration.ofMillis(400)),
        repository -> Duration.ZERO,
        256,
        space(Long.MAX_VALUE / 2),
        store -> store,
        executor -> executor,
        new Manners(0, 0, false));
  }

  /** For tests in which nothing times out, however slow the machine is. */
  public static MirrorOptions patient() {
    Duration patience = Duration.ofSeconds(20);
    return standard().with(new Timeouts(patience, patience, patience, patience, patience));
  }

  private MirrorOptions with(Timeouts changed) {
    return new MirrorOptions(changed, tags, maxConnections, space, stores, fetching, manners);
  }

  public MirrorOptions withHeaderTimeout(Duration changed) {
    return with(
        new Timeouts(
            changed,
            timeouts.stall(),
            timeouts.idle(),
            timeouts.upstreamHeader(),
            timeouts.upstreamStall()));
  }

  public MirrorOptions withStallTimeout(Duration changed) {
    return with(
        new Timeouts(
            timeouts.header(),
            changed,
            timeouts.idle(),
            timeouts.upstreamHeader(),
            timeouts.upstreamStall()));
  }

  public MirrorOptions withIdleTimeout(Duration changed) {
    return with(
        new Timeouts(
            timeouts.header(),
            timeouts.stall(),
            changed,
            timeouts.upstreamHeader(),
            timeouts.upstreamStall()));
  }

  public MirrorOptions withUpstreamStallTimeout(Duration changed) {
    return with(
        new Timeouts(
            timeouts.header(),
            timeouts.stall(),
            timeouts.idle(),
            timeouts.upstreamHeader(),
            changed));
  }

  public MirrorOptions withMaxAge(Duration changed) {
    return withTags(repository -> changed);
  }

  public MirrorOptions withTags(TagRules changed) {
    return new MirrorOptions(timeouts, changed, maxConnections, space, stores, fetching, manners);
  }

  public MirrorOptions withMaxConnections(int changed) {
    return new MirrorOptions(timeouts, tags, changed, space, stores, fetching, manners);
  }

  /** Wraps the blob store that the mirror sees. */
  public MirrorOptions withStore(UnaryOperator<BlobStore> changed) {
    return new MirrorOptions(timeouts, tags, maxConnections, space, changed, fetching, manners);
  }

  /** Whoever asks first fetches, and sees what came when all of it is there. */
  public MirrorOptions fetchingBeforeReading() {
    return new MirrorOptions(
        timeouts, tags, maxConnections, space, stores, _ -> Runnable::run, manners);
  }

  public MirrorOptions withSpace(FileSystemSpace changed) {
    return new MirrorOptions(timeouts, tags, maxConnections, changed, stores, fetching, manners);
  }

  public MirrorOptions withClientLimit(int rate, int burst) {
    return with(new Manners(rate, burst, manners.refusesInOutage()));
  }

  /** Nothing is served by grace. */
  public MirrorOptions refusingInOutage() {
    return with(new Manners(manners.clientRate(), manners.clientBurst(), true));
  }

  private MirrorOptions with(Manners changed) {
    return new MirrorOptions(timeouts, tags, maxConnections, space, stores, fetching, changed);
  }

  /** A disk with so many bytes free of a hundred times that many. */
  public MirrorOptions withFreeSpace(long free) {
    return withSpace(space(free));
  }

  private static FileSystemSpace space(long free) {
    return new FileSystemSpace() {
      @Override
      public long totalBytes() {
        return free > Long.MAX_VALUE / 200 ? Long.MAX_VALUE / 2 : free * 100;
      }

      @Override
      public long usableBytes() {
        return free;
      }
    };
  }
}
