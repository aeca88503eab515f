package dev.tarn.e2e.http;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A request that a relay saw and what became of it; counts while it is under way. */
public final class Exchange {
  private static final Pattern OBJECT =
      Pattern.compile("^/v2/(.+)/(blobs|manifests)/([^/?]+)(\\?.*)?$");

  private final Head request;
  private final String kind;
  private final String reference;
  private final AtomicInteger status = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();

  Exchange(Head request) {
    this.request = request;
    Matcher object = OBJECT.matcher(request.target());
    boolean matches = object.matches();
    this.kind = matches ? object.group(2) : "";
    this.reference = matches ? object.group(3).replace("%3A", ":") : "";
  }

  public String method() {
    return request.method();
  }

  public String target() {
    return request.target();
  }

  public Optional<String> range() {
    return header("Range");
  }

  /** A field of the request's head. */
  public Optional<String> header(String name) {
    return request.first(name);
  }

  public boolean blob() {
    return kind.equals("blobs");
  }

  public boolean manifest() {
    return kind.equals("manifests");
  }

  /** The digest or tag asked for, or the empty string where neither was. */
  public String reference() {
    return reference;
  }

  /** The status passed on, or 0 while there is none. */
  public int status() {
    return status.get();
  }

  /** The bytes of the body passed on so far. */
  public long bytes() {
    return bytes.get();
  }

  void answered(int statusCode) {
    status.set(statusCode);
  }

  long passed(long count) {
    return bytes.addAndGet(count);
  }

  @Override
  public String toString() {
    return method()
        + " "
        + target()
        + range().map(r -> " [" + r + "]").orElse("")
        + " "
        + status()
        + " "
        + bytes();
  }
}
