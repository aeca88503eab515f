package dev.tarn.agent.follow;

import dev.tarn.agent.hosts.UpstreamHost;
import dev.tarn.agent.tree.Standing;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is known of one entry, what it needs, and when that may be done. */
final class Entry {
  private static final int DRIFT_BURST = 3;
  private static final int FAILURE_BURST = 1;
  private static final long FIRST_PAUSE_MILLIS = 1_000;
  private static final long FAILURE_LIMIT_MILLIS = 60_000;
  private static final long END_PAUSE_MILLIS = 200;

  /** What an entry needs. */
  enum Need {
    NOTHING,
    PUT,
    WITHDRAW,
    LOOK
  }

  private final Place place;
  private final Pace drift;
  private final Pace failure = new Pace(FAILURE_BURST, FIRST_PAUSE_MILLIS, FAILURE_LIMIT_MILLIS);

  private boolean chosen;
  private boolean stands;
  private long standsSince;

  /** Whether it was brought to where it is wanted, since it is wanted there. */
  private boolean settled;

  private boolean lookDue;
  private boolean failed;
  private boolean proven;
  private long triedAt;
  private @Nullable Standing last;
  private List<UpstreamHost> upstreams = List.of();

  Entry(Place place, long driftLimitMillis) {
    this.place = place;
    this.drift = new Pace(DRIFT_BURST, FIRST_PAUSE_MILLIS, driftLimitMillis);
  }

  Place place() {
    return place;
  }

  boolean isChosen() {
    return chosen;
  }

  void choose(boolean wanted) {
    if (chosen != wanted) {
      chosen = wanted;
      wishChanged();
    }
  }

  /** Whether it is there, as far as is known. */
  boolean stands() {
    return stands;
  }

  long standsSince() {
    return standsSince;
  }

  /** How it stood with it last; {@code null} where nobody looked. */
  @Nullable Standing last() {
    return last;
  }

  /** Whom operators named; also while it does not stand. */
  List<UpstreamHost> upstreams() {
    return upstreams;
  }

  /** Whether a containerd came for it since it stands. */
  boolean isProven() {
    return proven;
  }

  void prove() {
    proven = true;
  }

  void doubt() {
    proven = false;
  }

  /** What is done next is no correction: nobody undid it. */
  void wishChanged() {
    settled = false;
    failed = false;
    failure.reset();
  }

  void lookLater() {
    lookDue = true;
  }

  Need need(Wish wish) {
    return switch (chosen ? wish : Wish.ABSENT) {
      case UNDECIDED -> Need.NOTHING;
      case PRESENT -> {
        if (!settled) {
          yield Need.PUT;
        }
        if (stands) {
          yield lookDue ? Need.LOOK : Need.NOTHING;
        }
        yield last instanceof Standing.LeftAlone && !lookDue ? Need.NOTHING : Need.PUT;
      }
      case ABSENT -> stands || (chosen && last == null && !failed) ? Need.WITHDRAW : Need.NOTHING;
    };
  }

  /** When {@code need} may be met. */
  long notBefore(Need need, boolean ending) {
    if (need == Need.NOTHING) {
      return Long.MAX_VALUE;
    }
    if (ending) {
      return failed ? triedAt + END_PAUSE_MILLIS : 0;
    }
    if (failed) {
      return failure.next();
    }
    return settled && need != Need.LOOK ? drift.next() : 0;
  }

  /** A sweep found it there, or not. */
  void swept(boolean found, boolean undecided, long now) {
    if (found && !stands) {
      stand(true, now);
    } else if (!found && stands && undecided) {
      stand(false, now);
    } else if (!found && stands) {
      lookDue = true; // That tells what stands there instead.
    }
  }

  /**
   * It was put there, or taken back.
   *
   * @return how often, of late, that was because somebody had undone it; 0 where nobody had
   */
  int did(Need need, Standing standing, long now) {
    boolean again = settled;
    boolean stood = stands;
    triedAt = now;
    learn(standing, now);
    boolean done =
        switch (standing) {
          case Standing.Present _ -> need == Need.PUT;
          case Standing.Absent _ -> need == Need.WITHDRAW;
          case Standing.LeftAlone _ -> true;
          case Standing.Failed _ -> false;
        };
    failed(!done, now);
    settled |= done;
    return done && again && stands != stood ? drift.happened(now) : 0;
  }

  /** It was looked at. */
  void looked(Standing standing, long now) {
    learn(standing, now);
    failed(standing instanceof Standing.Failed, now);
  }

  private void failed(boolean now, long at) {
    failed = now;
    if (now) {
      int _ = failure.happened(at);
    } else {
      failure.reset();
    }
  }

  private void learn(Standing standing, long now) {
    last = standing;
    lookDue = standing instanceof Standing.Failed && lookDue;
    switch (standing) {
      case Standing.Present(List<UpstreamHost> hosts) -> {
        stand(true, now);
        upstreams = List.copyOf(hosts);
      }
      case Standing.Absent _, Standing.LeftAlone _ -> stand(false, now);
      case Standing.Failed _ -> {} // What stood there still stands.
    }
  }

  private void stand(boolean standing, long now) {
    if (stands != standing) {
      stands = standing;
      standsSince = now;
      proven = false;
    }
  }
}
