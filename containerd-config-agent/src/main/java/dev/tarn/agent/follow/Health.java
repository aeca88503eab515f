package dev.tarn.agent.follow;

import dev.tarn.agent.mirror.Answer;

/**
 * Whether entries are wanted, by how the mirror answers.
 *
 * <pre>
 *              ready                           ready, for a while where it fell often
 *  UNDECIDED ─────────▶ PRESENT ◀──────────────────────────────── ABSENT
 *      │                   │   a stranger, draining: at once         ▲
 *      └───────────────────┴──────────────────────────────────────────┘
 *                              not ready for longer than the grace time
 * </pre>
 *
 * Going is never delayed. Coming back is, the more often it fell of late: a mirror that comes and
 * goes costs a bounded number of writes.
 */
final class Health {
  private static final int FREE_FALLS = 2;
  private static final long FIRST_HOLD_MILLIS = 5_000;
  private static final long LONGEST_HOLD_MILLIS = 60_000;
  private static final long FORGIVEN_AFTER_MILLIS = 120_000;

  private final long graceMillis;
  private Wish wish = Wish.UNDECIDED;
  private String why = "the mirror was not asked yet";
  private long notReadySince;
  private long readySince;
  private boolean ready;
  private int falls;
  private long lastFall;

  Health(long graceMillis, long now) {
    this.graceMillis = graceMillis;
    this.notReadySince = now;
  }

  void heard(Answer answer, long now) {
    switch (answer) {
      case Answer.Proven(Answer.State state, var _, var _) -> {
        switch (state) {
          case READY -> ready(now);
          case STARTING -> notReady("the mirror is starting", now);
          case DRAINING -> {
            notReady("the mirror is about to end", now);
            fall(now);
          }
        }
      }
      case Answer.Stranger(String reason) -> {
        notReady("who answers in the mirror's place is not known to us: " + reason, now);
        fall(now);
      }
      case Answer.Silent(String reason) -> notReady("the mirror does not answer: " + reason, now);
    }
    advance(now);
  }

  /** Lets time pass. */
  void advance(long now) {
    while (falls > 0 && now - lastFall >= FORGIVEN_AFTER_MILLIS) {
      falls--;
      lastFall += FORGIVEN_AFTER_MILLIS;
    }
    if (wish != Wish.PRESENT && ready && now - readySince >= holdMillis()) {
      wish = Wish.PRESENT;
    }
    if (wish != Wish.ABSENT && !ready && now - notReadySince > graceMillis) {
      fall(now);
    }
  }

  /** When time alone changes something next, or {@link Long#MAX_VALUE}. */
  long changesAt() {
    if (ready) {
      return wish == Wish.PRESENT ? Long.MAX_VALUE : readySince + holdMillis();
    }
    return wish == Wish.ABSENT ? Long.MAX_VALUE : notReadySince + graceMillis + 1;
  }

  Wish wish() {
    return wish;
  }

  boolean isReady() {
    return ready;
  }

  /** Why it is not ready, or what it waits for; for a person. */
  String why() {
    return ready && wish != Wish.PRESENT
        ? "the mirror comes and goes: it has to stay a while"
        : why;
  }

  private void ready(long now) {
    if (!ready) {
      ready = true;
      readySince = now;
      why = "the mirror is ready";
    }
  }

  private void notReady(String reason, long now) {
    if (ready) {
      ready = false;
      notReadySince = now;
    }
    why = reason;
  }

  private void fall(long now) {
    if (wish == Wish.PRESENT) {
      falls++;
      lastFall = now;
    }
    wish = Wish.ABSENT;
  }

  private long holdMillis() {
    if (falls <= FREE_FALLS) {
      return 0;
    }
    int doublings = Math.min(falls - FREE_FALLS - 1, 8);
    return Math.min(LONGEST_HOLD_MILLIS, FIRST_HOLD_MILLIS << doublings);
  }
}
