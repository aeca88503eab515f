package dev.tarn.server.admin;

/** What a node tells an operator, each as JSON. May block, so it is asked on virtual threads. */
public interface Overview {
  /** This node. Names no repository. */
  String status();

  /** It and its members. Names no repository. */
  String cluster() throws InterruptedException;

  /**
   * What is on its way to it.
   *
   * @param names whether repositories may be named
   */
  String transfers(boolean names);

  /** What it holds, by repository. */
  String images();
}
