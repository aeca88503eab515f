package dev.tarn.server.peer.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tarn.core.name.BlobKey;
import dev.tarn.core.planner.Question;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Questions as JSON. Pure functions. */
public final class Questions {
  private Questions() {}

  public static byte[] write(Question question) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = JsonFields.JSON.createGenerator(out)) {
      write(json, question);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static void write(JsonGenerator json, Question question) throws IOException {
    json.writeStartObject();
    switch (question) {
      case Question.Open open -> {
        json.writeStringField("kind", "open");
        writeKey(json, open.key());
        json.writeBooleanField("room", open.room());
        json.writeBooleanField("canFetch", open.canFetch());
        json.writeBooleanField("renewal", open.renewal());
        JsonLists.texts(json, "avoid", open.avoid());
      }
      case Question.Locate locate -> writeLocate(json, locate);
      case Question.Probe probe -> {
        json.writeStringField("kind", "probe");
        writeKey(json, probe.key());
        json.writeNumberField("chunk", probe.chunk());
        json.writeBooleanField("leased", probe.leased());
      }
      case Question.Report report -> writeReport(json, report);
      case Question.Revoke revoke -> {
        json.writeStringField("kind", "revoke");
        writeKey(json, revoke.key());
      }
      case Question.Forwarded forwarded -> {
        json.writeStringField("kind", "forwarded");
        json.writeStringField("asker", forwarded.asker());
        json.writeFieldName("question");
        write(json, forwarded.question());
      }
      case Question.Consult consult -> {
        json.writeStringField("kind", "consult");
        writeKey(json, consult.key());
        json.writeNumberField("segment", consult.segment());
      }
      case Question.Announce announce -> writeAnnounce(json, announce);
    }
    json.writeEndObject();
  }

  private static void writeLocate(JsonGenerator json, Question.Locate locate) throws IOException {
    json.writeStringField("kind", "locate");
    writeKey(json, locate.key());
    json.writeNumberField("segment", locate.segment());
    json.writeNumberField("size", locate.size());
    json.writeNumberField("held", locate.held());
    json.writeArrayFieldStart("needs");
    for (Question.Need need : locate.needs()) {
      json.writeStartObject();
      json.writeNumberField("chunk", need.chunk());
      json.writeNumberField("bytes", need.bytes());
      json.writeEndObject();
    }
    json.writeEndArray();
    JsonLists.texts(json, "avoid", locate.avoid());
    JsonLists.texts(json, "seeds", locate.seeds());
    json.writeBooleanField("room", locate.room());
    json.writeBooleanField("canFetch", locate.canFetch());
    if (!locate.previousHome().isEmpty()) {
      json.writeStringField("previousHome", locate.previousHome());
    }
  }

  private static void writeReport(JsonGenerator json, Question.Report report) throws IOException {
    json.writeStringField("kind", "report");
    writeKey(json, report.key());
    json.writeNumberField("segment", report.segment());
    json.writeNumberField("size", report.size());
    json.writeNumberField("held", report.held());
    json.writeArrayFieldStart("leases");
    for (Question.Leasehold lease : report.leases()) {
      json.writeStartObject();
      json.writeNumberField("chunk", lease.chunk());
      json.writeNumberField("bytes", lease.bytes());
      json.writeStringField("state", word(lease.state()));
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void writeAnnounce(JsonGenerator json, Question.Announce announce)
      throws IOException {
    json.writeStringField("kind", "announce");
    json.writeArrayFieldStart("held");
    for (Question.Held held : announce.held()) {
      json.writeStartObject();
      writeKey(json, held.key());
      json.writeNumberField("size", held.size());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("gone");
    for (BlobKey gone : announce.gone()) {
      json.writeStartObject();
      writeKey(json, gone);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void writeKey(JsonGenerator json, BlobKey key) throws IOException {
    json.writeStringField("registry", key.registry().value());
    json.writeStringField("digest", key.digest().toString());
  }

  private static String word(Question.LeaseState state) {
    return switch (state) {
      case FETCHING -> "fetching";
      case DONE -> "done";
      case FAILED -> "failed";
    };
  }

  private static Optional<Question.LeaseState> leaseState(String word) {
    return switch (word) {
      case "fetching" -> Optional.of(Question.LeaseState.FETCHING);
      case "done" -> Optional.of(Question.LeaseState.DONE);
      case "failed" -> Optional.of(Question.LeaseState.FAILED);
      default -> Optional.empty();
    };
  }

  /** The question that a message is; empty where it is one of a later version. */
  public static Optional<Question> read(byte[] message) throws MalformedMessageException {
    return read(JsonFields.parse(message), true);
  }

  private static Optional<Question> read(JsonFields json, boolean mayNest)
      throws MalformedMessageException {
    return switch (json.text("kind")) {
      case "open" ->
          Optional.of(
              new Question.Open(
                  json.key(),
                  json.flag("room"),
                  json.flag("canFetch"),
                  json.flag("renewal"),
                  json.names("avoid")));
      case "locate" -> Optional.of(readLocate(json));
      case "probe" -> Optional.of(new Question.Probe(json.key(), chunk(json), json.flag("leased")));
      case "report" -> Optional.of(readReport(json));
      case "revoke" -> Optional.of(new Question.Revoke(json.key()));
      case "forwarded" -> readForwarded(json, mayNest);
      case "consult" -> Optional.of(new Question.Consult(json.key(), segment(json)));
      case "announce" -> Optional.of(readAnnounce(json));
      case "" -> throw new MalformedMessageException("a question without a kind");
      default -> Optional.empty();
    };
  }

  private static int segment(JsonFields json) throws MalformedMessageException {
    int segment = json.count("segment", 0);
    if (segment < 0 || segment > JsonLists.MAX_SEGMENT) {
      throw new MalformedMessageException("segment is out of range");
    }
    return segment;
  }

  private static int chunk(JsonFields json) throws MalformedMessageException {
    return json.count("chunk", Question.WHOLE);
  }

  private static Question readLocate(JsonFields json) throws MalformedMessageException {
    List<Question.Need> needs = new ArrayList<>();
    for (JsonFields need : json.objects("needs")) {
      needs.add(new Question.Need(chunk(need), Math.max(0, need.number("bytes", 0))));
    }
    return new Question.Locate(
        json.key(),
        segment(json),
        json.number("size", Question.UNKNOWN_SIZE),
        json.bits("held"),
        needs,
        json.names("avoid"),
        json.names("seeds"),
        json.flag("room"),
        json.flag("canFetch"),
        json.text("previousHome").isEmpty() ? "" : json.name("previousHome"));
  }

  private static Question readReport(JsonFields json) throws MalformedMessageException {
    List<Question.Leasehold> leases = new ArrayList<>();
    for (JsonFields lease : json.objects("leases")) {
      int chunk = chunk(lease);
      long bytes = Math.max(0, lease.number("bytes", 0));
      leaseState(lease.text("state"))
          .ifPresent(state -> leases.add(new Question.Leasehold(chunk, bytes, state)));
    }
    return new Question.Report(
        json.key(),
        segment(json),
        json.number("size", Question.UNKNOWN_SIZE),
        json.bits("held"),
        leases);
  }

  private static Optional<Question> readForwarded(JsonFields json, boolean mayNest)
      throws MalformedMessageException {
    JsonFields inner = json.object("question");
    if (!mayNest || inner == null) {
      throw new MalformedMessageException("forwarded twice, or nothing at all");
    }
    String asker = json.name("asker");
    return read(inner, false).map(question -> new Question.Forwarded(asker, question));
  }

  private static Question readAnnounce(JsonFields json) throws MalformedMessageException {
    List<Question.Held> held = new ArrayList<>();
    for (JsonFields one : json.objects("held")) {
      held.add(new Question.Held(one.key(), Math.max(0, one.number("size", 0))));
    }
    List<BlobKey> gone = new ArrayList<>();
    for (JsonFields one : json.objects("gone")) {
      gone.add(one.key());
    }
    return new Question.Announce(held, gone);
  }
}
