package dev.tarn.server.membership;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import dev.tarn.core.placement.Member;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A file of members, read whole or not at all. Nothing is forced to the device: what a power loss
 * destroys is asked for again. Thread-safe; blocks.
 */
public final class RememberedMembers {
  /** More than the largest cluster needs. */
  private static final long MAX_BYTES = 16L << 20;

  private static final FileAttribute<Set<PosixFilePermission>> FILE_MODE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----"));
  private static final JsonFactory JSON = new JsonFactory();
  private static final String MEMBERS = "members";
  private static final String NAME = "name";
  private static final String ZONE = "zone";
  private static final String ADDRESS = "address";
  private static final String READY = "ready";

  private final Path file;
  private final Path temporary;

  RememberedMembers(Path file) {
    this.file = file;
    this.temporary = file.resolveSibling(file.getFileName() + ".new");
  }

  /** Those in a file; nobody where there is none. */
  public static List<Member> in(Path file) throws IOException {
    return new RememberedMembers(file).read();
  }

  /** What was written last; nobody where there is no file. */
  List<Member> read() throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (channel.size() > MAX_BYTES) {
        throw new IOException(file + " is too large");
      }
      try (JsonParser json = JSON.createParser(Channels.newInputStream(channel))) {
        Map<String, Member> members = new LinkedHashMap<>();
        json.nextToken();
        Json.fields(
            json,
            name -> {
              if (name.equals(MEMBERS)) {
                Json.elements(json, () -> add(members, member(json)));
              }
            });
        return List.copyOf(members.values());
      }
    } catch (NoSuchFileException _) {
      return List.of();
    }
  }

  private static void add(Map<String, Member> members, Member member) throws IOException {
    if (members.putIfAbsent(member.name(), member) != null) {
      throw new IOException("two members named " + member.name());
    }
  }

  private static Member member(JsonParser json) throws IOException {
    String[] texts = {"", "", ""};
    boolean[] ready = {false};
    Json.fields(
        json,
        name -> {
          switch (name) {
            case NAME -> texts[0] = Json.text(json);
            case ZONE -> texts[1] = Json.text(json);
            case ADDRESS -> texts[2] = Json.text(json);
            case READY -> ready[0] = json.getBooleanValue();
            default -> {}
          }
        });
    if (texts[0].isEmpty()) {
      throw new IOException("a member without a name");
    }
    return new Member(texts[0], texts[1], texts[2], ready[0]);
  }

  synchronized void write(Collection<Member> members) throws IOException {
    Files.deleteIfExists(temporary);
    try (FileChannel channel =
            FileChannel.open(
                temporary,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                FILE_MODE);
        JsonGenerator json = JSON.createGenerator(Channels.newOutputStream(channel))) {
      json.writeStartObject();
      json.writeArrayFieldStart(MEMBERS);
      for (Member member : members) {
        json.writeStartObject();
        json.writeStringField(NAME, member.name());
        json.writeStringField(ZONE, member.zone());
        json.writeStringField(ADDRESS, member.address());
        json.writeBooleanField(READY, member.ready());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
