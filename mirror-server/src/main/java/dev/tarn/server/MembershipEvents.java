package dev.tarn.server;

import dev.tarn.core.placement.Member;
import dev.tarn.core.placement.Membership;
import dev.tarn.server.membership.ClusterMembership;
import dev.tarn.server.membership.MembershipListener;
import dev.tarn.server.metrics.MemberMetrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns what becomes of the membership into metrics and log lines. Thread-safe, never blocks. */
final class MembershipEvents implements MembershipListener {
  private static final Logger LOG = LoggerFactory.getLogger("tarn.membership");

  private final ClusterMembership membership;
  private final MemberMetrics metrics;

  MembershipEvents(ClusterMembership membership, MemberMetrics metrics) {
    this.membership = membership;
    this.metrics = metrics;
  }

  @Override
  public void changed(Membership before, Membership after) {
    metrics.changed(after.members(), membership::stateOf);
    LOG.atInfo()
        .addKeyValue("version", after.version())
        .addKeyValue("members", after.members().size())
        .addKeyValue("ready", after.members().stream().filter(Member::ready).count())
        .log("members_changed");
  }

  @Override
  public void sourceFailed(Throwable cause) {
    metrics.sourceFailed();
    LOG.atWarn().addKeyValue("reason", cause.toString()).log("members_unknown");
  }
}
