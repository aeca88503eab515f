package dev.tarn.server.peer;

import dev.tarn.core.placement.Member;
import dev.tarn.core.planner.Event.FetchFailure;
import dev.tarn.server.peer.tls.TlsTrouble;
import java.util.Optional;

/** Listens to nothing. */
public final class SilentListener implements PeerListener {
  @Override
  public void connected(boolean outgoing) {}

  @Override
  public void disconnected(boolean outgoing) {}

  @Override
  public void turnedAway() {}

  @Override
  public void handshaken(boolean resumed) {}

  @Override
  public void handshakeFailed(boolean outgoing, String peer, TlsTrouble trouble, String detail) {}

  @Override
  public void answered(String from, boolean chunk, int status) {}

  @Override
  public void malformed(String from, String what) {}

  @Override
  public void asked(Member to, Optional<PeerFailure> failure, long nanos) {}

  @Override
  public void sent(String to, long bytes) {}

  @Override
  public void received(Member from, long bytes) {}

  @Override
  public void fetched(Member from, Optional<FetchFailure> failure, long nanos) {}

  @Override
  public void unreachable(Member peer, PeerFailure failure, String detail) {}
}
