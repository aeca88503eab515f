package dev.tarn.server.membership;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** A schedule on which time passes when told to. One thread. */
final class ManualSchedule implements Schedule {
  private final Deque<Task> tasks = new ArrayDeque<>();

  private record Task(Duration delay, Runnable action) {}

  @Override
  public void after(Duration delay, Runnable task) {
    tasks.add(new Task(delay, task));
  }

  /** Runs what was scheduled first, and says how long it was to wait. */
  Duration runNext() {
    Task task = tasks.remove();
    task.action().run();
    return task.delay();
  }

  int pending() {
    return tasks.size();
  }
}
