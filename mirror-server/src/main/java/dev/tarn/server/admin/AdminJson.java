package dev.tarn.server.admin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/**
 * What the admin endpoint answers, as JSON. A class of its own, because a node that starts should
 * not load the library.
 */
final class AdminJson {
  /** More are counted, not listed. */
  private static final int MAX_LISTED_TAGS = 1000;

  private static final JsonFactory JSON = new JsonFactory();

  private AdminJson() {}

  private interface Fields {
    void write(JsonGenerator json) throws IOException;
  }

  static String of(Invalidation.Done done) {
    return write(
        json -> {
          json.writeStringField("reference", done.reference());
          json.writeNumberField("count", done.tags().size());
          json.writeArrayFieldStart("tags");
          for (Invalidation.KnownTag tag :
              done.tags().subList(0, Math.min(done.tags().size(), MAX_LISTED_TAGS))) {
            json.writeStartObject();
            json.writeStringField("tag", tag.tag());
            json.writeStringField("digest", tag.digest());
            json.writeStringField("checked", tag.checked().toString());
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  /**
   * Why something was not done.
   *
   * @param error a word for programs
   * @param message for people
   */
  static String error(String error, String message) {
    return write(
        json -> {
          json.writeStringField("error", error);
          json.writeStringField("message", message);
        });
  }

  private static String write(Fields fields) {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      fields.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.append('\n').toString();
  }
}
