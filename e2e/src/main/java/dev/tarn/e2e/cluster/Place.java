package dev.tarn.e2e.cluster;

import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/** Where sockets may belong to. Threads are started there from any thread. */
public interface Place {
  /** Does something on a new thread whose sockets belong there. */
  <T> FutureTask<T> start(Callable<T> work);
}
