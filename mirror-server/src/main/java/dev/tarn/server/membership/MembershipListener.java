package dev.tarn.server.membership;

import dev.tarn.core.placement.Membership;

/** Hears what becomes of the membership, one event after the other. Must not block. */
public interface MembershipListener {

  /** There is another snapshot, and it differs. */
  void changed(Membership before, Membership after);

  /** The source could not tell the nodes; the snapshot stays. */
  void sourceFailed(Throwable cause);
}
