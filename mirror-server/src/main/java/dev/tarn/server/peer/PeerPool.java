package dev.tarn.server.peer;

import dev.tarn.core.placement.Member;
import io.netty.channel.Channel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Connections to peers: each carries one exchange at a time, the last used is taken first, and
 * where there are too many the one longest idle goes. Thread-safe; an exchange that has to wait for
 * a connection does, its thread does not.
 */
final class PeerPool implements AutoCloseable {
  private static final int WAITING_PER_PEER = 256;

  private final PeerDialer dialer;
  private final PeerSettings settings;

  // Guarded by this.
  private final Map<Key, Line> lines = new HashMap<>();
  private final Set<PeerLink> links = new HashSet<>();
  private final LinkedHashSet<PeerLink> idle = new LinkedHashSet<>();
  private int open;
  private boolean closed;

  /** A node at an address; whatever else becomes of it, connections stay good. */
  private record Key(String name, String address) {
    static Key of(Member peer) {
      return new Key(peer.name(), peer.address());
    }
  }

  /** What there is to one peer. */
  private static final class Line {
    final ArrayDeque<PeerLink> idle = new ArrayDeque<>();
    final ArrayDeque<PeerExchange> waiting = new ArrayDeque<>();
    int open;
  }

  /** What an exchange gets. */
  private sealed interface Grant {
    record Link(PeerLink link) implements Grant {}

    record Dial(@Nullable PeerLink instead) implements Grant {}

    record Wait() implements Grant {}

    record Refused(PeerTrouble why) implements Grant {}
  }

  PeerPool(PeerDialer dialer, PeerSettings settings) {
    this.dialer = dialer;
    this.settings = settings;
  }

  /** Sends an exchange by an idle connection, or by a new one, or waits for one of the two. */
  void send(Member peer, PeerExchange exchange) {
    act(peer, exchange, grant(peer, exchange, true));
  }

  /** Sends it once more, by a connection of its own. */
  void again(Member peer, PeerExchange exchange) {
    act(peer, exchange, grant(peer, exchange, false));
  }

  private void act(Member peer, PeerExchange exchange, Grant grant) {
    switch (grant) {
      case Grant.Link(var link) -> link.send(exchange);
      case Grant.Wait _ -> {}
      case Grant.Refused(var why) -> exchange.failed(why);
      case Grant.Dial dial -> {
        if (dial.instead() != null) {
          dial.instead().close();
        }
        dialer.dial(
            peer,
            PeerDialer.to(
                channel -> connected(peer, channel, exchange),
                trouble -> {
                  forget(peer);
                  exchange.failed(trouble);
                }));
      }
    }
  }

  private synchronized Grant grant(Member peer, PeerExchange exchange, boolean reuse) {
    if (closed) {
      return new Grant.Refused(new PeerTrouble(PeerFailure.EXHAUSTED, "closing"));
    }
    Line line = lines.computeIfAbsent(Key.of(peer), _ -> new Line());
    PeerLink kept = reuse ? takeIdle(line) : null;
    if (kept != null) {
      return new Grant.Link(kept);
    }
    if (line.open >= settings.connectionsPerPeer()) {
      return await(line, exchange);
    }
    PeerLink instead = null;
    if (open >= settings.connectionsOut()) {
      instead = oldestIdle();
      if (instead == null) {
        if (line.open > 0) {
          return await(line, exchange);
        }
        lines.remove(Key.of(peer));
        return new Grant.Refused(
            new PeerTrouble(PeerFailure.EXHAUSTED, "too many connections to peers"));
      }
    }
    line.open++;
    open++;
    return new Grant.Dial(instead);
  }

  private static Grant await(Line line, PeerExchange exchange) {
    line.waiting.removeIf(PeerExchange::isCancelled);
    if (line.waiting.size() >= WAITING_PER_PEER) {
      return new Grant.Refused(new PeerTrouble(PeerFailure.EXHAUSTED, "too many wait for it"));
    }
    line.waiting.add(exchange);
    return new Grant.Wait();
  }

  private @Nullable PeerLink takeIdle(Line line) {
    for (PeerLink link = line.idle.pollLast(); link != null; link = line.idle.pollLast()) {
      notIdle(link);
      if (link.channel().isActive()) {
        link.reused = true;
        return link;
      }
    }
    return null;
  }

  private @Nullable PeerLink oldestIdle() {
    Iterator<PeerLink> oldest = idle.iterator();
    if (!oldest.hasNext()) {
      return null;
    }
    PeerLink link = oldest.next();
    Line line = lines.get(Key.of(link.peer()));
    if (line != null) {
      line.idle.remove(link);
    }
    notIdle(link);
    return link;
  }

  private void notIdle(PeerLink link) {
    idle.remove(link);
    if (link.expiry != null) {
      link.expiry.cancel(false);
      link.expiry = null;
    }
  }

  private void connected(Member peer, Channel channel, PeerExchange exchange) {
    PeerLink link = new PeerLink(peer, channel, this);
    boolean late;
    synchronized (this) {
      links.add(link);
      late = closed;
    }
    channel.pipeline().addLast(link);
    channel.closeFuture().addListener(_ -> onClosed(link));
    if (late) {
      link.close();
    }
    link.send(exchange);
  }

  /** An exchange is over; on the connection's event loop. */
  void release(PeerLink link, boolean keep) {
    PeerExchange next = null;
    boolean kept = false;
    synchronized (this) {
      Line line = lines.get(Key.of(link.peer()));
      if (keep && !closed && line != null && link.channel().isActive()) {
        next = nextWaiting(line);
        kept = next != null || keepIdle(link, line);
      }
    }
    if (next != null) {
      link.send(next);
    } else if (!kept) {
      link.close();
    }
  }

  private static @Nullable PeerExchange nextWaiting(Line line) {
    PeerExchange next = line.waiting.poll();
    while (next != null && next.isCancelled()) {
      next = line.waiting.poll();
    }
    return next;
  }

  private boolean keepIdle(PeerLink link, Line line) {
    try {
      link.expiry =
          link.channel()
              .eventLoop()
              .schedule(link::close, settings.keepIdle().toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      return false;
    }
    line.idle.addLast(link);
    idle.add(link);
    return true;
  }

  private void onClosed(PeerLink link) {
    synchronized (this) {
      links.remove(link);
      Line line = lines.get(Key.of(link.peer()));
      if (line != null && line.idle.remove(link)) {
        notIdle(link);
      }
    }
    forget(link.peer());
  }

  /** One connection less to a peer: somebody who waits may have another. */
  private void forget(Member peer) {
    PeerExchange next = null;
    synchronized (this) {
      open--;
      Line line = lines.get(Key.of(peer));
      if (line != null) {
        line.open--;
        next = nextWaiting(line);
        if (line.open == 0 && next == null) {
          lines.remove(Key.of(peer));
        }
      }
    }
    if (next != null) {
      send(peer, next);
    }
  }

  /** How many connections are open or being opened. */
  synchronized int open() {
    return open;
  }

  /** How many connections wait for another exchange. */
  synchronized int idle() {
    return idle.size();
  }

  /** Closes every connection; exchanges under way fail. */
  @Override
  public void close() {
    List<PeerLink> all;
    List<PeerExchange> waiting = new ArrayList<>();
    synchronized (this) {
      closed = true;
      all = List.copyOf(links);
      for (Line line : lines.values()) {
        waiting.addAll(line.waiting);
        line.waiting.clear();
      }
    }
    PeerTrouble closing = new PeerTrouble(PeerFailure.EXHAUSTED, "closing");
    waiting.forEach(exchange -> exchange.failed(closing));
    all.forEach(PeerLink::close);
  }
}
