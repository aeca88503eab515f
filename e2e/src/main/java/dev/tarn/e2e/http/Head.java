package dev.tarn.e2e.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The start line and the fields of an HTTP/1.1 message, in order and as they came. */
public record Head(String startLine, List<Field> fields) {
  private static final int LIMIT_BYTES = 256 * 1024;

  public Head {
    fields = List.copyOf(fields);
  }

  /** A header field. */
  public record Field(String name, String value) {}

  /** Reads a head, or gives nothing where the stream ends before its first byte. */
  public static Optional<Head> read(InputStream in) throws IOException {
    Optional<String> start = line(in);
    if (start.isEmpty()) {
      return Optional.empty();
    }
    List<Field> fields = new ArrayList<>();
    while (true) {
      String line = line(in).orElseThrow(() -> new IOException("ended within a head"));
      if (line.isEmpty()) {
        return Optional.of(new Head(start.get(), fields));
      }
      int colon = line.indexOf(':');
      if (colon <= 0) {
        throw new IOException("not a header field: " + line);
      }
      fields.add(new Field(line.substring(0, colon), line.substring(colon + 1).strip()));
    }
  }

  private static Optional<String> line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (true) {
      int next = in.read();
      if (next < 0) {
        if (line.size() == 0) {
          return Optional.empty();
        }
        throw new IOException("ended within a line: " + line);
      }
      if (next == '\n') {
        String text = line.toString(StandardCharsets.ISO_8859_1);
        return Optional.of(text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
      }
      line.write(next);
      if (line.size() > LIMIT_BYTES) {
        throw new IOException("a line of more than " + LIMIT_BYTES + " bytes");
      }
    }
  }

  public byte[] bytes() {
    StringBuilder text = new StringBuilder(startLine).append("\r\n");
    fields.forEach(f -> text.append(f.name()).append(": ").append(f.value()).append("\r\n"));
    return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  public Optional<String> first(String name) {
    return fields.stream()
        .filter(field -> field.name().equalsIgnoreCase(name))
        .map(Field::value)
        .findFirst();
  }

  /** This head with a field set once, or with none of that name where the value is empty. */
  public Head with(String name, Optional<String> value) {
    List<Field> changed = new ArrayList<>(fields);
    changed.removeIf(field -> field.name().equalsIgnoreCase(name));
    value.ifPresent(text -> changed.add(new Field(name, text)));
    return new Head(startLine, changed);
  }

  /** A request's method. */
  public String method() {
    return word(0);
  }

  /** A request's target. */
  public String target() {
    return word(1);
  }

  /** This request for another target. */
  public Head withTarget(String target) {
    return new Head(method() + " " + target + " " + word(2), fields);
  }

  /** A response's status. */
  public int status() {
    return Integer.parseInt(word(1));
  }

  /** How long the body is, where the head says so. */
  public Optional<Long> contentLength() {
    return first("Content-Length").map(Long::parseLong);
  }

  public boolean chunked() {
    return first("Transfer-Encoding")
        .map(value -> value.toLowerCase(Locale.ROOT).contains("chunked"))
        .orElse(false);
  }

  private String word(int index) {
    String[] words = startLine.split(" ", 3);
    return index < words.length ? words[index] : "";
  }
}
