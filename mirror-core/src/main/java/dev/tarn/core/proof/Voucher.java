package dev.tarn.core.proof;

/**
 * One node's word to another about an object under a repository, by what the registry said to it:
 * that the registry has it there and, where it says so, that anybody may read it.
 *
 * @param anybody whether anybody may read it; else it says only that it is there
 * @param mediaType the type that the registry gave it
 * @param ageSeconds how long ago a node last went by its registry's own word when it said so; since
 *     then it was passed on
 */
public record Voucher(boolean anybody, String mediaType, long ageSeconds) {
  private static final int MAX_TYPE_LENGTH = 127;

  public Voucher {
    if (!isType(mediaType)) {
      throw new IllegalArgumentException("not a media type");
    }
    if (ageSeconds < 0) {
      throw new IllegalArgumentException("of the future");
    }
  }

  /** Whether {@code text} can be told as a media type. */
  public static boolean isType(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_TYPE_LENGTH
        && text.chars().allMatch(c -> c >= ' ' && c < 0x7f);
  }
}
