package dev.tarn.server.mirror;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Header fields of an answer, checked and encoded once for any number of answers. Immutable.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-5">RFC 9110, Fields</a>
 */
public final class HeaderFields {
  private final List<Field> fields;
  private final @Nullable String link;
  private final byte[] encoded;

  /** One field. */
  public record Field(String name, String value) {}

  private HeaderFields(List<Field> fields, @Nullable String link) {
    this.fields = fields;
    this.link = link;
    this.encoded = encode(fields);
  }

  /**
   * These fields.
   *
   * @throws IllegalArgumentException where a value, which may come from upstream, would end early
   */
  public static HeaderFields of(Field... fields) {
    return new HeaderFields(List.of(fields), null);
  }

  static HeaderFields of(List<Field> fields) {
    return new HeaderFields(List.copyOf(fields), null);
  }

  /** These fields and one more. */
  HeaderFields plus(String name, String value) {
    List<Field> more = new ArrayList<>(fields);
    more.add(new Field(name, value));
    return new HeaderFields(List.copyOf(more), link);
  }

  /** These fields, and the links of a listing as upstream wrote them. */
  HeaderFields withLink(String value) {
    return new HeaderFields(fields, value);
  }

  /** Upstream's {@code Link}, which leads to upstream; the other fields are without it. */
  public @Nullable String link() {
    return link;
  }

  /** Adds the fields to {@code buffer}, each with the end of its line. */
  public void writeTo(ByteBuf buffer) {
    buffer.writeBytes(encoded);
  }

  private static byte[] encode(List<Field> fields) {
    StringBuilder text = new StringBuilder();
    for (Field field : fields) {
      text.append(line(field.name(), field.value()));
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /** A field as it is sent. Nothing in a value, which may come from upstream, may end it early. */
  public static String line(String name, String value) {
    if (value.indexOf('\n') >= 0 || value.indexOf('\r') >= 0 || value.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("not a value of a header: " + name);
    }
    return name + ": " + value + "\r\n";
  }

  @Override
  public String toString() {
    return fields.toString();
  }
}
