package dev.tarn.server.peer.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tarn.core.planner.Answer;
import dev.tarn.core.planner.Question;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Answers as JSON. Pure functions. */
public final class Answers {
  private static final int MAX_LATER_MILLIS = 10_000;

  private Answers() {}

  public static byte[] write(Answer answer) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = JsonFields.JSON.createGenerator(out)) {
      json.writeStartObject();
      write(json, answer);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static void write(JsonGenerator json, Answer answer) throws IOException {
    switch (answer) {
      case Answer.Complete complete -> {
        json.writeStringField("kind", "complete");
        json.writeNumberField("size", complete.size());
        JsonLists.texts(json, "holders", complete.holders());
      }
      case Answer.Alone _ -> json.writeStringField("kind", "alone");
      case Answer.Crowd crowd -> {
        json.writeStringField("kind", "crowd");
        json.writeNumberField("size", crowd.size());
        JsonLists.texts(json, "seeds", crowd.seeds());
      }
      case Answer.Behind behind -> {
        json.writeStringField("kind", "behind");
        json.writeNumberField("size", behind.size());
      }
      case Answer.Later later -> {
        json.writeStringField("kind", "later");
        json.writeNumberField("millis", later.millis());
      }
      case Answer.Nobody _ -> json.writeStringField("kind", "nobody");
      case Answer.Located located -> writeLocated(json, located);
      case Answer.Load load -> {
        json.writeStringField("kind", "load");
        json.writeNumberField("uploads", load.uploads());
        json.writeBooleanField("busy", load.busy());
        json.writeNumberField("bytes", load.bytes());
        json.writeBooleanField("complete", load.complete());
        json.writeBooleanField("rooted", load.rooted());
        json.writeBooleanField("upstream", load.upstream());
      }
      case Answer.Heard heard -> {
        json.writeStringField("kind", "heard");
        JsonLists.numbers(json, "ceded", heard.ceded());
      }
      case Answer.Revoked revoked -> {
        json.writeStringField("kind", "revoked");
        json.writeStringField("what", word(revoked.kind()));
        json.writeNumberField("size", revoked.size());
      }
      case Answer.Known known -> writeKnown(json, known);
      case Answer.Noted _ -> json.writeStringField("kind", "noted");
      case Answer.Silence _ -> throw new IllegalArgumentException("silence is not said");
    }
  }

  private static void writeLocated(JsonGenerator json, Answer.Located located) throws IOException {
    json.writeStringField("kind", "located");
    json.writeArrayFieldStart("places");
    for (Answer.Place place : located.places()) {
      json.writeStartObject();
      json.writeNumberField("chunk", place.chunk());
      json.writeStringField("what", word(place.kind()));
      JsonLists.texts(json, "candidates", place.candidates());
      json.writeStringField("lessee", place.lessee());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void writeKnown(JsonGenerator json, Answer.Known known) throws IOException {
    json.writeStringField("kind", "known");
    json.writeNumberField("size", known.size());
    json.writeBooleanField("crowd", known.crowd());
    json.writeBooleanField("stream", known.stream());
    json.writeStringField("lone", known.lone());
    JsonLists.texts(json, "holders", known.holders());
    json.writeArrayFieldStart("chunks");
    for (Answer.ChunkKnown chunk : known.chunks()) {
      json.writeStartObject();
      json.writeNumberField("chunk", chunk.chunk());
      JsonLists.texts(json, "holders", chunk.holders());
      json.writeStringField("lessee", chunk.lessee());
      json.writeNumberField("leaseBytes", chunk.leaseBytes());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static String word(Answer.PlaceKind kind) {
    return switch (kind) {
      case CANDIDATES -> "candidates";
      case LEASED -> "leased";
      case UPSTREAM -> "upstream";
      case NOBODY -> "nobody";
    };
  }

  private static Optional<Answer.PlaceKind> placeKind(String word) {
    return switch (word) {
      case "candidates" -> Optional.of(Answer.PlaceKind.CANDIDATES);
      case "leased" -> Optional.of(Answer.PlaceKind.LEASED);
      case "upstream" -> Optional.of(Answer.PlaceKind.UPSTREAM);
      case "nobody" -> Optional.of(Answer.PlaceKind.NOBODY);
      default -> Optional.empty();
    };
  }

  private static String word(Answer.RevokeKind kind) {
    return switch (kind) {
      case SPLIT -> "split";
      case STREAM -> "stream";
      case COMPLETE -> "complete";
      case NOT_FETCHING -> "not-fetching";
    };
  }

  private static Answer.RevokeKind revokeKind(String word) {
    return switch (word) {
      case "split" -> Answer.RevokeKind.SPLIT;
      case "stream" -> Answer.RevokeKind.STREAM;
      case "complete" -> Answer.RevokeKind.COMPLETE;
      default -> Answer.RevokeKind.NOT_FETCHING;
    };
  }

  /** The answer that a message is; one of a later version says nothing: {@link Answer.Noted}. */
  public static Answer read(byte[] message) throws MalformedMessageException {
    JsonFields json = JsonFields.parse(message);
    return switch (json.text("kind")) {
      case "complete" -> new Answer.Complete(size(json), json.names("holders"));
      case "alone" -> new Answer.Alone();
      case "crowd" -> new Answer.Crowd(size(json), json.names("seeds"));
      case "behind" -> new Answer.Behind(size(json));
      case "later" -> new Answer.Later(Math.clamp(json.count("millis", 0), 0, MAX_LATER_MILLIS));
      case "nobody" -> new Answer.Nobody();
      case "located" -> readLocated(json);
      case "load" ->
          new Answer.Load(
              Math.max(0, json.count("uploads", 0)),
              json.flag("busy"),
              Math.max(0, json.number("bytes", 0)),
              json.flag("complete"),
              json.flag("rooted"),
              json.flag("upstream"));
      case "heard" -> new Answer.Heard(json.counts("ceded"));
      case "revoked" -> new Answer.Revoked(revokeKind(json.text("what")), size(json));
      case "known" -> readKnown(json);
      case "" -> throw new MalformedMessageException("an answer without a kind");
      default -> new Answer.Noted();
    };
  }

  private static long size(JsonFields json) throws MalformedMessageException {
    return json.number("size", Question.UNKNOWN_SIZE);
  }

  private static Answer readLocated(JsonFields json) throws MalformedMessageException {
    List<Answer.Place> places = new ArrayList<>();
    for (JsonFields place : json.objects("places")) {
      Optional<Answer.PlaceKind> kind = placeKind(place.text("what"));
      if (kind.isPresent()) {
        places.add(
            new Answer.Place(
                place.count("chunk", Question.WHOLE),
                kind.get(),
                place.names("candidates"),
                place.nameOrEmpty("lessee")));
      }
    }
    return new Answer.Located(places);
  }

  private static Answer readKnown(JsonFields json) throws MalformedMessageException {
    List<Answer.ChunkKnown> chunks = new ArrayList<>();
    for (JsonFields chunk : json.objects("chunks")) {
      chunks.add(
          new Answer.ChunkKnown(
              chunk.count("chunk", Question.WHOLE),
              chunk.names("holders"),
              chunk.nameOrEmpty("lessee"),
              Math.max(0, chunk.number("leaseBytes", 0))));
    }
    return new Answer.Known(
        size(json),
        json.flag("crowd"),
        json.flag("stream"),
        json.nameOrEmpty("lone"),
        json.names("holders"),
        chunks);
  }
}
