package dev.tarn.server.mirror;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Header fields of an answer, checked and encoded once for any number of answers. Immutable.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-5">RFC 9110, Fields</a>
 */
public final class HeaderFields {
  private final byte[] encoded;
  private final @Nullable String link;
  private final List<Field> challenges;

  /** One field, as it is sent. */
  public record Field(String name, String value) {
    /**
     * This field.
     *
     * @throws IllegalArgumentException where the value, which may come from upstream, would end
     *     early
     */
    public Field {
      if (value.indexOf('\n') >= 0 || value.indexOf('\r') >= 0 || value.indexOf('\0') >= 0) {
        throw new IllegalArgumentException("not a value of a header: " + name);
      }
    }

    /** The field with the end of its line. */
    public String line() {
      return name + ": " + value + "\r\n";
    }
  }

  private HeaderFields(byte[] encoded, @Nullable String link, List<Field> challenges) {
    this.encoded = encoded;
    this.link = link;
    this.challenges = challenges;
  }

  /** These fields, in this order. */
  public static HeaderFields of(Field... fields) {
    return of(List.of(fields));
  }

  static HeaderFields of(List<Field> fields) {
    StringBuilder lines = new StringBuilder();
    for (Field field : fields) {
      lines.append(field.line());
    }
    return new HeaderFields(bytes(lines.toString()), null, List.of());
  }

  /** These fields and one more. */
  HeaderFields plus(Field field) {
    byte[] line = bytes(field.line());
    byte[] longer = Arrays.copyOf(encoded, encoded.length + line.length);
    System.arraycopy(line, 0, longer, encoded.length, line.length);
    return new HeaderFields(longer, link, challenges);
  }

  /** These fields, and the links of a listing as upstream wrote them. */
  HeaderFields withLink(String value) {
    return new HeaderFields(encoded, value, challenges);
  }

  /** These fields, and these values of {@code WWW-Authenticate} in place of others. */
  HeaderFields withChallenges(List<String> values) {
    List<Field> asking =
        values.stream().map(value -> new Field("WWW-Authenticate", value)).toList();
    return new HeaderFields(encoded, link, asking);
  }

  /** The values of {@code WWW-Authenticate}. */
  List<String> challenges() {
    return challenges.stream().map(Field::value).toList();
  }

  /** Upstream's {@code Link}, which leads to upstream; the other fields are without it. */
  public @Nullable String link() {
    return link;
  }

  /** Adds the fields to {@code buffer}, each with the end of its line. */
  public void writeTo(ByteBuf buffer) {
    buffer.writeBytes(encoded);
    for (int i = 0; i < challenges.size(); i++) { // No iterator: hits have none of them.
      buffer.writeBytes(bytes(challenges.get(i).line()));
    }
  }

  private static byte[] bytes(String lines) {
    return lines.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public String toString() {
    StringBuilder lines = new StringBuilder(new String(encoded, StandardCharsets.US_ASCII));
    challenges.forEach(challenge -> lines.append(challenge.line()));
    return lines.toString();
  }
}
