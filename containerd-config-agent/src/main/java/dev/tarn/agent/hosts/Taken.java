package dev.tarn.agent.hosts;

import java.util.Optional;

/** A {@code hosts.toml} without our part. */
public sealed interface Taken {
  /**
   * @param bytes what others have in the file
   * @param ours whether there was something of ours
   * @param byHand whether the mirror is named by a table that is not ours
   * @param marker what our block said of itself, where it was there
   */
  record Rest(byte[] bytes, boolean ours, boolean byHand, Optional<Marker> marker)
      implements Taken {

    /** Whether we had made the file and nobody else has anything in it. */
    public boolean nothing() {
      return new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).isBlank();
    }
  }

  /** Something of ours is there that cannot be told from what others wrote. */
  record Stuck(String why) implements Taken {}
}
