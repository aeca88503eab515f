package dev.tarn.server.peer.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.core.name.Tag;
import dev.tarn.core.tag.TagName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/** What nodes say to each other about tags, as JSON. Pure functions. */
public final class TagMessages {
  private static final String TOLD = "told";
  private static final String ASKED = "asked";

  private TagMessages() {}

  private interface Fields {
    void write(JsonGenerator json) throws IOException;
  }

  public static byte[] write(TagQuestion question) {
    return object(
        json -> {
          json.writeStringField("kind", question instanceof TagQuestion.Told ? TOLD : ASKED);
          json.writeStringField("registry", question.tag().registry().value());
          json.writeStringField("repository", question.tag().repository().value());
          json.writeStringField("tag", question.tag().tag().value());
          if (question instanceof TagQuestion.Told told) {
            json.writeStringField("digest", told.digest().toString());
          }
        });
  }

  /** The question; empty where it is of a later version. */
  public static Optional<TagQuestion> read(byte[] message) throws MalformedMessageException {
    JsonFields fields = bounded(message);
    TagName tag =
        new TagName(
            required(RegistryHost.parse(fields.text("registry")), "registry"),
            required(RepositoryName.parse(fields.text("repository")), "repository"),
            required(Tag.parse(fields.text("tag")), "tag"));
    return switch (fields.text("kind")) {
      case TOLD ->
          Optional.of(
              new TagQuestion.Told(tag, required(Digest.parse(fields.text("digest")), "digest")));
      case ASKED -> Optional.of(new TagQuestion.Asked(tag));
      default -> Optional.empty();
    };
  }

  /** An answer: what the tag names by the registry's word to this node, or nothing. */
  public static byte[] writeAnswer(Optional<Digest> digest) {
    return object(
        json -> {
          if (digest.isPresent()) {
            json.writeStringField("digest", digest.get().toString());
          }
        });
  }

  public static Optional<Digest> readAnswer(byte[] message) throws MalformedMessageException {
    String digest = bounded(message).text("digest");
    return digest.isEmpty()
        ? Optional.empty()
        : Optional.of(required(Digest.parse(digest), "digest"));
  }

  private static JsonFields bounded(byte[] message) throws MalformedMessageException {
    if (message.length > PeerProtocol.MAX_TAG_MESSAGE_BYTES) {
      throw new MalformedMessageException("too long");
    }
    return JsonFields.parse(message);
  }

  private static <T> T required(Optional<T> value, String field) throws MalformedMessageException {
    return value.orElseThrow(() -> new MalformedMessageException(field + " is none"));
  }

  private static byte[] object(Fields fields) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = JsonFields.JSON.createGenerator(out)) {
      json.writeStartObject();
      fields.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // It is memory.
    }
    return out.toByteArray();
  }
}
