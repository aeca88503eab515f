package dev.tarn.server.peer.wire;

import dev.tarn.core.proof.Voucher;
import java.util.Optional;

/** How a {@link Voucher} is told at the head of a chunk. Pure functions. */
public final class VoucherHeaders {
  private static final String ANYBODY = "anybody";
  private static final String PROVEN = "proven";

  private static final int MAX_AGE_DIGITS = 9;

  private VoucherHeaders() {}

  /** The value of {@link PeerProtocol#READABLE_HEADER}. */
  public static String readable(Voucher voucher) {
    return voucher.anybody() ? ANYBODY : PROVEN;
  }

  /** What these headers say; empty where it is nothing, or of a later version. */
  public static Optional<Voucher> parse(String readable, String mediaType, String age) {
    boolean anybody = readable.equals(ANYBODY);
    boolean known = anybody || readable.equals(PROVEN);
    return known && Voucher.isType(mediaType) && isAge(age)
        ? Optional.of(new Voucher(anybody, mediaType, Long.parseLong(age)))
        : Optional.empty();
  }

  private static boolean isAge(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_AGE_DIGITS
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
