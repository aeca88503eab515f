package dev.tarn.agent.containerd;

/** Whether an entry under containerd's roots takes effect, by what can be read of the node. */
public sealed interface Prospect {
  /** containerd reads it at the next pull. */
  record Effective() implements Prospect {}

  /**
   * It does not.
   *
   * @param why for a person
   * @param fix what to change
   */
  record Ineffective(String why, String fix) implements Prospect {}

  /**
   * That cannot be told from here.
   *
   * @param why for a person
   * @param tell how to find out
   */
  record Unknown(String why, String tell) implements Prospect {}
}
