package dev.tarn.server.upstream;

import dev.tarn.server.upstream.UpstreamAnswer.Reason;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Connections by route: those that carry an exchange are counted, those that are idle are kept for
 * a while, the last used is taken first. Threads that ask wait where a limit is reached; event
 * loops only give back.
 */
final class ConnectionPool implements AutoCloseable {
  /** Makes a connection; blocks. */
  @FunctionalInterface
  interface Opener {
    Connection open(ConnectionPool pool) throws UpstreamException;
  }

  /**
   * @param perRoute connections of one route, idle ones included
   * @param total connections of all routes
   * @param idlePerRoute idle connections of one route
   * @param idleTotal idle connections of all routes
   * @param idleSeconds how long one stays idle
   */
  record Limits(int perRoute, int total, int idlePerRoute, int idleTotal, int idleSeconds) {
    static final Limits DEFAULT = new Limits(64, 256, 8, 64, 30);
  }

  private static final class Bucket {
    final ArrayDeque<Connection> idle = new ArrayDeque<>();
    int open;
  }

  private final Limits limits;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<Route, Bucket> buckets = new HashMap<>();
  private final Set<Connection> connections = new HashSet<>();
  private int open;
  private int idle;
  private boolean closed;

  ConnectionPool(Limits limits) {
    this.limits = limits;
  }

  /** An idle connection that may be used, or a new one. */
  Connection acquire(
      Route route, AddressGuard.Permission permission, Opener opener, Deadline deadline)
      throws UpstreamException {
    Connection kept = takeOrReserve(route, permission, deadline);
    return kept != null ? kept : open(route, opener);
  }

  /** A new connection. */
  Connection acquireFresh(Route route, Opener opener, Deadline deadline) throws UpstreamException {
    var _ = takeOrReserve(route, address -> false, deadline);
    return open(route, opener);
  }

  private @Nullable Connection takeOrReserve(
      Route route, AddressGuard.Permission permission, Deadline deadline) throws UpstreamException {
    lock.lock();
    try {
      while (true) {
        if (closed) {
          throw new UpstreamException(Reason.CONNECT, "the client is closed");
        }
        Bucket bucket = buckets.computeIfAbsent(route, key -> new Bucket());
        Connection kept = takeIdle(bucket, permission);
        if (kept != null) {
          return kept;
        }
        if (bucket.open < limits.perRoute() && open < limits.total()) {
          bucket.open++;
          open++;
          return null;
        }
        if (changed.awaitNanos(deadline.remainingNanos()) <= 0 && deadline.passed()) {
          removeIfEmpty(route);
          throw new UpstreamException(Reason.TIMEOUT, "no connection was free in time");
        }
      }
    } catch (InterruptedException e) {
      removeIfEmpty(route);
      throw Interrupts.restored(e);
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Connection takeIdle(Bucket bucket, AddressGuard.Permission permission) {
    Iterator<Connection> lastFirst = bucket.idle.descendingIterator();
    while (lastFirst.hasNext()) {
      Connection connection = lastFirst.next();
      boolean permitted = connection.address() == null || permission.permits(connection.address());
      if (permitted && connection.channel().isActive()) {
        lastFirst.remove();
        idle--;
        cancelExpiry(connection);
        connection.reused = true;
        return connection;
      }
    }
    return null;
  }

  private Connection open(Route route, Opener opener) throws UpstreamException {
    boolean opened = false;
    try {
      Connection connection = opener.open(this);
      opened = true;
      adopt(connection);
      return connection;
    } finally {
      if (!opened) {
        forget(route);
      }
    }
  }

  private void adopt(Connection connection) {
    boolean late;
    lock.lock();
    try {
      connections.add(connection);
      late = closed;
    } finally {
      lock.unlock();
    }
    if (late) {
      connection.closeChannel();
    }
    connection.channel().closeFuture().addListener(ignored -> onClosed(connection));
  }

  /** The exchange is over; on the connection's event loop. */
  void release(Connection connection, boolean keep) {
    lock.lock();
    try {
      Bucket bucket = buckets.get(connection.route());
      if (keep
          && !closed
          && bucket != null
          && connection.channel().isActive()
          && bucket.idle.size() < limits.idlePerRoute()
          && idle < limits.idleTotal()) {
        bucket.idle.addLast(connection);
        idle++;
        connection.expiry =
            connection
                .channel()
                .eventLoop()
                .schedule(connection::closeChannel, limits.idleSeconds(), TimeUnit.SECONDS);
        changed.signalAll();
        return;
      }
    } finally {
      lock.unlock();
    }
    connection.closeChannel();
  }

  private void onClosed(Connection connection) {
    lock.lock();
    try {
      connections.remove(connection);
      Bucket bucket = buckets.get(connection.route());
      if (bucket != null && bucket.idle.remove(connection)) {
        idle--;
        cancelExpiry(connection);
      }
    } finally {
      lock.unlock();
    }
    forget(connection.route());
  }

  private void forget(Route route) {
    lock.lock();
    try {
      open--;
      Bucket bucket = buckets.get(route);
      if (bucket != null) {
        bucket.open--;
        removeIfEmpty(route);
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void removeIfEmpty(Route route) {
    Bucket bucket = buckets.get(route);
    if (bucket != null && bucket.open == 0) {
      buckets.remove(route);
    }
  }

  private static void cancelExpiry(Connection connection) {
    if (connection.expiry != null) {
      connection.expiry.cancel(false);
      connection.expiry = null;
    }
  }

  /** How many connections are open or being opened. */
  int openConnections() {
    lock.lock();
    try {
      return open;
    } finally {
      lock.unlock();
    }
  }

  /** How many connections wait for another exchange. */
  int idleConnections() {
    lock.lock();
    try {
      return idle;
    } finally {
      lock.unlock();
    }
  }

  /** Closes every connection, those that carry an exchange too. */
  @Override
  public void close() {
    List<Connection> all;
    lock.lock();
    try {
      closed = true;
      all = List.copyOf(connections);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    all.forEach(Connection::closeChannel);
  }
}
