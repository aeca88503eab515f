package dev.tarn.core.range;

/**
 * A non-empty run of bytes of some content: from {@code start} up to, not including, {@code end}.
 */
public record ByteRange(long start, long end) {

  public ByteRange {
    if (start < 0 || end <= start) {
      throw new IllegalArgumentException("empty or negative range " + start + ".." + end);
    }
  }

  public long length() {
    return end - start;
  }

  /** The value of {@code Content-Range} for this part of content of {@code size} bytes. */
  public String contentRange(long size) {
    return "bytes " + start + "-" + (end - 1) + "/" + size;
  }
}
