package dev.tarn.server.testing;

import dev.tarn.core.digest.Digest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * One answer of a {@link ScriptedUpstream}, immutable: start from {@link #blob}, {@link #manifest},
 * {@link #status} and so on, then say what is wrong with it. Offsets count body bytes of this very
 * response. Unless told otherwise it honours a {@code Range} and answers HEAD without a body.
 */
public final class Reply implements ScriptedUpstream.Responder {
  /** How the body tells its end. */
  enum Framing {
    LENGTH,
    CHUNKED,
    CLOSE
  }

  /** What happens when {@code at} bytes were sent; at -1 before the headers. */
  record Fault(long at, Kind kind, Optional<CountDownLatch> gate) {
    enum Kind {
      FIN,
      RESET,
      HOLD
    }
  }

  /** How fast: this many bytes, then a pause. */
  record Drip(int bytes, Duration pause) {}

  final int status;
  final byte[] body;
  final Map<String, List<String>> headers;
  final Framing framing;
  final boolean ranges;
  final boolean closes;
  final Optional<Fault> fault;
  final Optional<Drip> drip;

  private Reply(
      int status,
      byte[] body,
      Map<String, List<String>> headers,
      Framing framing,
      boolean ranges,
      boolean closes,
      Optional<Fault> fault,
      Optional<Drip> drip) {
    this.status = status;
    this.body = body;
    this.headers = headers;
    this.framing = framing;
    this.ranges = ranges;
    this.closes = closes;
    this.fault = fault;
    this.drip = drip;
  }

  private static Reply of(int status, byte[] body, String contentType) {
    Reply reply =
        new Reply(
            status,
            body,
            Map.of(),
            Framing.LENGTH,
            true,
            false,
            Optional.empty(),
            Optional.empty());
    return contentType.isEmpty() ? reply : reply.header("Content-Type", contentType);
  }

  // ---- what it is

  /** A blob: 200, or 206 to a range. */
  public static Reply blob(byte[] content) {
    return of(200, content, "application/octet-stream")
        .header("Docker-Content-Digest", Digest.sha256(content).toString());
  }

  /** A manifest with its digest. */
  public static Reply manifest(String mediaType, byte[] content) {
    return of(200, content, mediaType)
        .header("Docker-Content-Digest", Digest.sha256(content).toString())
        .withoutRanges();
  }

  public static Reply json(String json) {
    return of(200, json.getBytes(StandardCharsets.UTF_8), "application/json").withoutRanges();
  }

  /** A token realm's answer. */
  public static Reply token(String token, int expiresInSeconds) {
    return json("{\"token\":\"" + token + "\",\"expires_in\":" + expiresInSeconds + "}");
  }

  /** An error page where content was asked for. */
  public static Reply htmlPage() {
    return of(200, "<html>sign in</html>".getBytes(StandardCharsets.UTF_8), "text/html")
        .withoutRanges();
  }

  /** A status with the OCI error body that registries send beside it. */
  public static Reply status(int status) {
    String body = "{\"errors\":[{\"code\":\"UNKNOWN\",\"message\":\"status " + status + "\"}]}";
    return of(status, body.getBytes(StandardCharsets.UTF_8), "application/json").withoutRanges();
  }

  /** A 429; {@code retryAfter} is the header's value, absent where empty. */
  public static Reply rateLimited(String retryAfter) {
    Reply reply = status(429);
    return retryAfter.isEmpty() ? reply : reply.header("Retry-After", retryAfter);
  }

  public static Reply redirect(int status, String location) {
    return of(status, new byte[0], "").header("Location", location).withoutRanges();
  }

  /** A 401 with this challenge, verbatim. */
  public static Reply challenge(String challenge) {
    return status(401).header("WWW-Authenticate", challenge);
  }

  /** A 401 that names a token realm. */
  public static Reply bearer(String realm, String repository) {
    return challenge(
        "Bearer realm=\""
            + realm
            + "\",service=\"scripted\",scope=\"repository:"
            + repository
            + ":pull\"");
  }

  /** Never answers. */
  public static Reply hang() {
    return status(200).fault(new Fault(-1, Fault.Kind.HOLD, Optional.empty()));
  }

  /** Closes the connection instead of answering. */
  public static Reply closeWithoutAnswer() {
    return status(200).fault(new Fault(-1, Fault.Kind.FIN, Optional.empty()));
  }

  /** Resets the connection instead of answering. */
  public static Reply resetWithoutAnswer() {
    return status(200).fault(new Fault(-1, Fault.Kind.RESET, Optional.empty()));
  }

  // ---- what is wrong with it

  /** Ends the connection by FIN after {@code bytes} of the body. */
  public Reply truncatedAt(long bytes) {
    return fault(new Fault(bytes, Fault.Kind.FIN, Optional.empty()));
  }

  /** Ends the connection by RST after {@code bytes} of the body. */
  public Reply resetAt(long bytes) {
    return fault(new Fault(bytes, Fault.Kind.RESET, Optional.empty()));
  }

  /** Sends {@code bytes} of the body, then nothing more, for ever. */
  public Reply stalledAt(long bytes) {
    return fault(new Fault(bytes, Fault.Kind.HOLD, Optional.empty()));
  }

  /** Sends {@code bytes} of the body (-1: nothing at all), and the rest when the gate opens. */
  public Reply heldAt(long bytes, CountDownLatch gate) {
    return fault(new Fault(bytes, Fault.Kind.HOLD, Optional.of(gate)));
  }

  /** The right length, but one byte is not what the digest says. */
  public Reply withWrongByteAt(int offset) {
    byte[] changed = body.clone();
    changed[offset] ^= 1;
    return new Reply(status, changed, headers, framing, ranges, closes, fault, drip);
  }

  /** Content that is {@code bytes} longer or shorter than it should be, consistently framed. */
  public Reply withWrongLength(int bytes) {
    byte[] changed = Arrays.copyOf(body, body.length + bytes);
    return new Reply(status, changed, headers, framing, ranges, closes, fault, drip);
  }

  /** Answers a {@code Range} with 200 and everything. */
  public Reply withoutRanges() {
    return new Reply(status, body, headers, framing, false, closes, fault, drip);
  }

  /** Chunked transfer coding instead of a {@code Content-Length}. */
  public Reply chunked() {
    return new Reply(status, body, headers, Framing.CHUNKED, ranges, closes, fault, drip);
  }

  /** No length at all: the body ends with the connection. */
  public Reply endedByClose() {
    return new Reply(status, body, headers, Framing.CLOSE, ranges, true, fault, drip);
  }

  /** Closes the connection after the answer without having said so. */
  public Reply thenClose() {
    return new Reply(status, body, headers, framing, ranges, true, fault, drip);
  }

  /** Sends {@code bytes} at a time with a pause after each. */
  public Reply dripping(int bytes, Duration pause) {
    return new Reply(
        status, body, headers, framing, ranges, closes, fault, Optional.of(new Drip(bytes, pause)));
  }

  /** The values that it has for a header. */
  public List<String> headers(String name) {
    return headers.getOrDefault(name, List.of());
  }

  /** With this header instead of any it had by that name. */
  public Reply header(String name, String... values) {
    Map<String, List<String>> changed = new LinkedHashMap<>(headers);
    changed.keySet().removeIf(name::equalsIgnoreCase);
    if (values.length > 0) {
      changed.put(name, List.of(values));
    }
    return new Reply(status, body, changed, framing, ranges, closes, fault, drip);
  }

  public Reply withoutHeader(String name) {
    return header(name);
  }

  private Reply fault(Fault added) {
    return new Reply(status, body, headers, framing, ranges, closes, Optional.of(added), drip);
  }

  @Override
  public Reply answer(ScriptedRequest request) {
    return this;
  }
}
