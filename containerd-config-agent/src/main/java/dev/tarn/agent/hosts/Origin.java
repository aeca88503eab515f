package dev.tarn.agent.hosts;

/**
 * What a file was before it had our block.
 *
 * @param sha256 of its content, in hex
 * @param original whether it was there
 * @param made which directories were made for it
 */
public record Origin(String sha256, boolean original, Made made) {
  public static Origin of(Marker marker) {
    return new Origin(marker.sha256(), marker.original(), marker.made());
  }

  /** Of a file as it stands, or is not there. */
  public static Origin of(byte[] content, boolean original, Made made) {
    return new Origin(Marker.sha256(content), original, made);
  }
}
