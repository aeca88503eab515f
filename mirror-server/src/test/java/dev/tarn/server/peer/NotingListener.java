package dev.tarn.server.peer;

import dev.tarn.core.placement.Member;
import dev.tarn.core.planner.Event.FetchFailure;
import dev.tarn.server.peer.tls.TlsTrouble;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Notes what it is told, in words. */
final class NotingListener implements PeerListener {
  final List<String> events = new CopyOnWriteArrayList<>();
  final AtomicInteger outgoing = new AtomicInteger();
  final AtomicInteger incoming = new AtomicInteger();
  final AtomicInteger opened = new AtomicInteger();
  final AtomicInteger full = new AtomicInteger();
  final AtomicInteger resumed = new AtomicInteger();
  final AtomicLong sent = new AtomicLong();
  final AtomicLong received = new AtomicLong();

  private AtomicInteger side(boolean out) {
    return out ? outgoing : incoming;
  }

  @Override
  public void connected(boolean out) {
    side(out).incrementAndGet();
    opened.incrementAndGet();
  }

  @Override
  public void disconnected(boolean out) {
    side(out).decrementAndGet();
  }

  @Override
  public void turnedAway() {
    events.add("turned away");
  }

  @Override
  public void handshaken(boolean again) {
    (again ? resumed : full).incrementAndGet();
  }

  @Override
  public void handshakeFailed(boolean out, String peer, TlsTrouble trouble, String detail) {
    events.add("handshake " + (out ? "out " : "in ") + trouble.label());
  }

  @Override
  public void answered(String from, boolean chunk, int status) {
    events.add("answered " + from + " " + status);
  }

  @Override
  public void malformed(String from, String what) {
    events.add("malformed");
  }

  @Override
  public void asked(Member to, Optional<PeerFailure> failure, long nanos) {
    events.add("asked " + failure.map(PeerFailure::label).orElse("ok"));
  }

  @Override
  public void sent(String to, long bytes) {
    sent.addAndGet(bytes);
  }

  @Override
  public void received(Member from, long bytes) {
    received.addAndGet(bytes);
  }

  @Override
  public void fetched(Member from, Optional<FetchFailure> failure, long nanos) {
    events.add("fetched " + failure.map(Enum::name).orElse("ok"));
  }

  @Override
  public void unreachable(Member peer, PeerFailure failure, String detail) {
    events.add("unreachable " + failure.label());
  }
}
