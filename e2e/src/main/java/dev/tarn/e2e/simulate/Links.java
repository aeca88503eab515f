package dev.tarn.e2e.simulate;

import java.util.Arrays;
import java.util.List;

/**
 * The network: an uplink and a downlink for each node, and upstream's own link, shared max-min
 * fair, as far as a few rounds of filling come to it. The simulation's thread.
 *
 * <p>Links have numbers: a node's is the node's, upstream's is the last. Between the links there is
 * no limit.
 */
final class Links {
  private static final int ROUNDS = 4;

  private final double[] upBytesPerSecond;
  private final double[] downBytesPerSecond;

  /** What messages took of a link since the last step. */
  private final double[] upOwed;

  private final double[] downOwed;
  private final double[] upLeft;
  private final double[] downLeft;
  private final double[] upShare;
  private final double[] downShare;
  private Transfer[] wanting = new Transfer[0];
  private final int[] upTakers;
  private final int[] downTakers;

  Links(int nodes, double upstreamBytesPerSecond) {
    int count = nodes + 1;
    upBytesPerSecond = new double[count];
    downBytesPerSecond = new double[count];
    upBytesPerSecond[nodes] = upstreamBytesPerSecond;
    upOwed = new double[count];
    downOwed = new double[count];
    upLeft = new double[count];
    downLeft = new double[count];
    upShare = new double[count];
    downShare = new double[count];
    upTakers = new int[count];
    downTakers = new int[count];
  }

  void node(int number, double bytesPerSecond) {
    upBytesPerSecond[number] = bytesPerSecond;
    downBytesPerSecond[number] = bytesPerSecond;
  }

  /** A message takes its bytes of both links. */
  void message(int from, int to, int bytes) {
    upOwed[from] += bytes;
    downOwed[to] += bytes;
  }

  private int source(Transfer transfer) {
    return transfer.from == null ? upOwed.length - 1 : transfer.from.number();
  }

  /** Gives each transfer its part of a step, up to what it demands. */
  void share(List<Transfer> transfers, double seconds) {
    refill(upLeft, upBytesPerSecond, upOwed, seconds);
    refill(downLeft, downBytesPerSecond, downOwed, seconds);
    if (wanting.length < transfers.size()) {
      wanting = new Transfer[2 * transfers.size()];
    }
    int count = 0;
    for (Transfer transfer : transfers) {
      wanting[count++] = transfer;
    }
    for (int round = 0; round < ROUNDS && count > 0; round++) {
      count = round(count);
    }
    Arrays.fill(wanting, 0, transfers.size(), null);
  }

  private static void refill(double[] left, double[] rates, double[] owed, double seconds) {
    for (int i = 0; i < left.length; i++) {
      double all = rates[i] * seconds;
      double paid = Math.min(all, owed[i]);
      left[i] = all - paid;
      owed[i] -= paid;
    }
  }

  /**
   * One round of filling: whoever wants more gets an equal part of what his links have left.
   * Answers how many still did.
   */
  private int round(int count) {
    Arrays.fill(upTakers, 0);
    Arrays.fill(downTakers, 0);
    int more = 0;
    for (int i = 0; i < count; i++) {
      Transfer transfer = wanting[i];
      if (wants(transfer)) {
        upTakers[source(transfer)]++;
        downTakers[transfer.to.number()]++;
        wanting[more++] = transfer;
      }
    }
    for (int i = 0; i < upShare.length; i++) {
      upShare[i] = upTakers[i] == 0 ? 0 : upLeft[i] / upTakers[i];
      downShare[i] = downTakers[i] == 0 ? 0 : downLeft[i] / downTakers[i];
    }
    for (int i = 0; i < more; i++) {
      Transfer transfer = wanting[i];
      int from = source(transfer);
      int to = transfer.to.number();
      double part =
          Math.min(transfer.demand - transfer.given, Math.min(upShare[from], downShare[to]));
      transfer.given += part;
      upLeft[from] = Math.max(0, upLeft[from] - part);
      downLeft[to] = Math.max(0, downLeft[to] - part);
    }
    return more;
  }

  /** It could take more, and both its links have more than a byte left. */
  private boolean wants(Transfer transfer) {
    return transfer.demand - transfer.given >= 1
        && upLeft[source(transfer)] >= 1
        && downLeft[transfer.to.number()] >= 1;
  }
}
