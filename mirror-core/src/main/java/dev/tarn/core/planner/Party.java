package dev.tarn.core.planner;

/** What a home knows of one who asked for a blob. The planner's thread. */
final class Party {
  private final String name;
  private long seenAt;
  private boolean room;
  private boolean canFetch;
  private boolean complete;
  private long barredUntil = Long.MIN_VALUE;
  private int leases;
  private long lastLeaseNanos;

  Party(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  void seen(long now, boolean hasRoom, boolean mayFetch) {
    seenAt = now;
    room = hasRoom;
    canFetch = mayFetch;
  }

  void complete() {
    complete = true;
  }

  /** It takes part, as far as one knows. */
  boolean active(long now) {
    return !complete && now - seenAt < Limits.RENEWAL_NANOS + Limits.PARTY_NANOS;
  }

  boolean idle(long now) {
    return leases == 0 && now - seenAt > Limits.CROWD_NANOS;
  }

  boolean room() {
    return room;
  }

  /** Upstream failed it: it gets no lease until it says again that it may be sent there. */
  void failed() {
    canFetch = false;
  }

  /** It let a lease lapse: it gets none for a while. */
  void bar(long now) {
    barredUntil = now + Limits.UPSTREAM_BACK_OFF_NANOS;
  }

  boolean mayLease(long now) {
    return room && mayFetch(now) && now - seenAt < Limits.PARTY_NANOS;
  }

  boolean mayFetch(long now) {
    return canFetch && now >= barredUntil;
  }

  int leases() {
    return leases;
  }

  void leaseTook(long nanos) {
    lastLeaseNanos = Math.max(1, nanos);
  }

  /** How long its last lease took; {@code unknown} where it had none yet. */
  long lastLeaseNanos(long unknown) {
    return lastLeaseNanos == 0 ? unknown : lastLeaseNanos;
  }

  void leased() {
    leases++;
  }

  void released() {
    leases = Math.max(0, leases - 1);
  }
}
