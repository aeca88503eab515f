package dev.tarn.server.uninstall;

import java.io.IOException;
import java.util.List;

/** The DaemonSets whose pods take everything back, and who is told what came of it. Blocks. */
interface Hooks extends AutoCloseable {
  /** How far they are. */
  State look() throws IOException;

  /** Leaves a warning where operators look. */
  void warn(String message) throws IOException;

  @Override
  void close();

  /**
   * How far they are.
   *
   * @param busy the nodes on which pods of the release itself are still ending
   */
  record State(List<HookSet> sets, List<String> busy) {}

  /**
   * A DaemonSet.
   *
   * @param observed whether its controller has seen it, so that the rest counts
   * @param desired on how many nodes it is to have a pod
   */
  record HookSet(String name, boolean observed, int desired, List<HookPod> pods) {}

  /**
   * One of its pods.
   *
   * @param node empty where that is not known
   * @param ready whether it has taken everything back
   * @param trouble what keeps it from that, as the cluster tells it
   */
  record HookPod(String node, boolean ready, String trouble) {}
}
