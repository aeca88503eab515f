package dev.tarn.e2e.chaos;

import java.time.Duration;
import java.util.List;

/** Something that goes wrong, at nodes of these numbers or around them. Immutable. */
sealed interface Fault {
  /** SIGKILL; started again at the end. */
  record Kill(int node) implements Fault {}

  /** SIGSTOP; SIGCONT at the end. */
  record Freeze(int node) implements Fault {}

  /** These nodes and the others do not hear each other; all of them hear upstream. */
  record Partition(List<Integer> nodes) implements Fault {
    public Partition {
      nodes = List.copyOf(nodes);
    }
  }

  /** The cable is out. */
  record Unplug(int node) implements Fault {}

  /** The cable carries a tenth. */
  record Slow(int node) implements Fault {}

  /** The file system of the store is full. */
  record FullDisk(int node) implements Fault {}

  /** Bits of a complete blob and of one that is arriving are flipped on disk. */
  record Corrupt(int node) implements Fault {}

  /** The certificate is replaced by another good one. */
  record RenewCertificate(int node) implements Fault {}

  /** The certificate is replaced by one that is over; by a good one at the end. */
  record ExpireCertificate(int node) implements Fault {}

  /** The clock on the wall is wrong by that much. */
  record ClockJump(int node, int seconds) implements Fault {}

  /** The node is no member any more, or not a ready one. */
  record LeaveMembership(int node, boolean onlyUnready) implements Fault {}

  /** The API server is away. */
  record ApiServerDown() implements Fault {}

  /** Every node that is home of something that is being pulled is killed and started again. */
  record RestartHomes() implements Fault {}

  /** Upstream refuses connections, and ends those that there are. */
  record UpstreamDown() implements Fault {}

  /** No token that upstream gave counts any longer. */
  record ExpireTokens() implements Fault {}

  /** The nodes that it strikes. */
  default List<Integer> struck() {
    return switch (this) {
      case Kill kill -> List.of(kill.node());
      case Freeze freeze -> List.of(freeze.node());
      case Partition partition -> partition.nodes();
      case Unplug unplug -> List.of(unplug.node());
      case Slow slow -> List.of(slow.node());
      case FullDisk full -> List.of(full.node());
      case Corrupt corrupt -> List.of(corrupt.node());
      case RenewCertificate renew -> List.of(renew.node());
      case ExpireCertificate expire -> List.of(expire.node());
      case ClockJump jump -> List.of(jump.node());
      case LeaveMembership leave -> List.of(leave.node());
      case ApiServerDown down -> List.of();
      case RestartHomes restart -> List.of();
      case UpstreamDown down -> List.of();
      case ExpireTokens expire -> List.of();
    };
  }

  /**
   * How long after its end it still strikes: a node looks at its certificate every 5 s; and one
   * that is started again has no peers for a while, the longer the busier the machine is.
   */
  default Duration aftermath() {
    return switch (this) {
      case ExpireCertificate _ -> Duration.ofSeconds(6);
      case Kill _ -> Duration.ofSeconds(4);
      case RestartHomes _ -> Duration.ofSeconds(2); // It lasts for two already.
      default -> Duration.ZERO;
    };
  }

  /** What is printed of it. */
  default String kind() {
    return getClass().getSimpleName();
  }
}
