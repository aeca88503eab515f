package dev.tarn.server.peer.runtime;

import dev.tarn.core.planner.Action;
import dev.tarn.core.planner.Event;
import dev.tarn.core.planner.Planner;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one thread of a planner: events from any thread are taken in one after the other, and what is
 * to be done about each is told before the next. Thread-safe; the executor is its own and has one
 * thread.
 */
final class PlannerLoop {
  /**
   * Whoever is woken so much later than asked for was not late but stopped, with all of its node.
   */
  private static final long STALLED_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** A planner that sleeps for longer than this is woken anyway, by its next event. */
  private static final long LONGEST_SLEEP_NANOS = TimeUnit.DAYS.toNanos(1);

  private final Planner planner;
  private final ScheduledExecutorService thread;
  private final LongSupplier nanoClock;
  private final Consumer<Action> perform;
  private final Consumer<RuntimeException> trouble;
  private @Nullable ScheduledFuture<?> alarm;
  private long due = Long.MAX_VALUE;
  private long stalled;

  /**
   * A loop that runs nothing until it is told something.
   *
   * @param nanoClock the clock that the planner was made by
   * @param perform carries an action out; on the loop's thread
   * @param trouble hears of what the planner or an action threw, which is a bug
   */
  PlannerLoop(
      Planner planner,
      ScheduledExecutorService thread,
      LongSupplier nanoClock,
      Consumer<Action> perform,
      Consumer<RuntimeException> trouble) {
    this.planner = planner;
    this.thread = thread;
    this.nanoClock = nanoClock;
    this.perform = perform;
    this.trouble = trouble;
  }

  /** Tells what happened; any thread. */
  void tell(Event event) {
    tell(() -> event);
  }

  /** Tells what happened as it is when its turn comes; any thread. */
  void tell(Supplier<Event> event) {
    try {
      thread.execute(() -> turn(event));
    } catch (RejectedExecutionException e) {
      // The node is closing: nobody is left to decide anything.
    }
  }

  private void turn(Supplier<Event> event) {
    List<Action> actions;
    try {
      actions = planner.on(now(), event.get());
    } catch (RuntimeException e) {
      trouble.accept(e);
      return;
    }
    actions.forEach(this::carryOut);
  }

  /**
   * The time as the planner has it: while the process stood still nothing could make progress, so
   * that time counts for nobody. Else all time-outs would be over before what came meanwhile is
   * looked at.
   */
  private long now() {
    long now = nanoClock.getAsLong() - stalled;
    if (due != Long.MAX_VALUE && now - due > STALLED_NANOS) {
      stalled += now - due;
      now = due;
    }
    return now;
  }

  private void carryOut(Action action) {
    try {
      if (action instanceof Action.WakeAt(long nanos)) {
        wakeAt(nanos);
      } else {
        perform.accept(action);
      }
    } catch (RuntimeException e) {
      trouble.accept(e); // The others are to be done all the same.
    }
  }

  private void wakeAt(long nanos) {
    if (alarm != null) {
      alarm.cancel(false);
    }
    long wait = Math.clamp(nanos - now(), 0, LONGEST_SLEEP_NANOS);
    due = nanos;
    try {
      alarm = thread.schedule(() -> turn(Event.Tick::new), wait, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      // The node is closing.
    }
  }
}
