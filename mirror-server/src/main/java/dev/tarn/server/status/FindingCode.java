package dev.tarn.server.status;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What can be wrong with a node. The words are told to programs, so they stay. */
public enum FindingCode {
  NOT_READY,
  UPSTREAM_FAILING,
  UPSTREAM_RATE_LIMITED,
  DISK_FULL,
  DISK_SQUEEZED,
  CORRUPT_BLOBS,
  AGENT_INEFFECTIVE,
  AGENT_SILENT,
  AGENT_LEFT_OUT,
  MEMBERSHIP_STALE,
  NOT_A_MEMBER,
  PEERS_UNREACHABLE,
  PEERS_HANDSHAKE_FAILING,
  CLOCK_WRONG,
  CERTIFICATE_EXPIRING,
  CONTAINERD_UNREADABLE,
  CONNECTIONS_REFUSED,
  /** Of a cluster: members that are ready gave no word. */
  MEMBER_SILENT;

  private final String label = name().toLowerCase(Locale.ROOT).replace('_', '-');

  /** The word for it. */
  public String label() {
    return label;
  }

  /** Where it stands what it means and what to do. */
  public String runbook() {
    return "operations.md#" + label;
  }

  /** The one of that word. */
  static Optional<FindingCode> ofLabel(String label) {
    return Arrays.stream(values()).filter(code -> code.label.equals(label)).findFirst();
  }
}
