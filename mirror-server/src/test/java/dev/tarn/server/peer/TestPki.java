package dev.tarn.server.peer;

import dev.tarn.server.peer.tls.IdentityFiles;

/** The certificates that tests share, made once when the first of them asks. */
final class TestPki {
  static final PeerPki PKI = PeerPki.create();
  static final IdentityFiles A = PKI.node("a");
  static final IdentityFiles B = PKI.node("b");
  static final IdentityFiles EXPIRED = PKI.expired("late");
  static final PeerPki FOREIGN = PeerPki.create();
  static final IdentityFiles STRANGER = FOREIGN.node("a");

  private TestPki() {}
}
