package dev.tarn.agent.setup;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What was changed on this host, and how far that is: a record and a backup for each configuration
 * that was ever tried, in a directory of the host's. A record is on disk before its step is taken.
 */
final class Journal {
  private static final String RECORD = ".record";
  private static final String BACKUP = ".backup";
  private static final String ABSENT = "absent";

  private final HostFiles files;
  private final String directory;

  Journal(HostFiles files, String directory) {
    this.files = files;
    this.directory = directory;
  }

  /** How far a change is. */
  enum Phase {
    /**
     * The backup is there; the file is the old one or the new one, containerd runs with the old.
     */
    PREPARED,
    /** The file is the new one; containerd is being restarted, or was. */
    RESTARTING,
    /** It did not come back: the old file is being put back, and containerd restarted. */
    RESTORING,
    /** containerd runs with the new file. */
    DONE,
    /** The old file is back, or somebody else's is there. Not tried again. */
    FAILED;

    boolean isFinal() {
      return this == DONE || this == FAILED;
    }
  }

  /**
   * A change.
   *
   * @param key what it is remembered by
   * @param path the file that is changed
   * @param main the main file of the configuration
   * @param before the SHA-256 of the old text, or that there was none
   * @param after the SHA-256 of the new text
   * @param configPath what is set
   * @param invocation which start of containerd ran when the phase began
   * @param resumed how often it was taken up again
   * @param why why it failed; empty where it did not
   */
  record Entry(
      String key,
      Phase phase,
      String path,
      String main,
      String before,
      String after,
      String configPath,
      String invocation,
      int resumed,
      String why) {
    Entry at(Phase next, String invocation) {
      return new Entry(key, next, path, main, before, after, configPath, invocation, resumed, why);
    }

    Entry failed(String reason) {
      String line = reason.replace('\n', ' ').replace('\r', ' ');
      return new Entry(
          key, Phase.FAILED, path, main, before, after, configPath, invocation, resumed, line);
    }

    Entry takenUp() {
      return new Entry(
          key, phase, path, main, before, after, configPath, invocation, resumed + 1, why);
    }

    boolean isBefore(Optional<String> text) {
      return before.equals(hash(text));
    }

    boolean isAfter(Optional<String> text) {
      return after.equals(hash(text));
    }
  }

  /** The right to change this host; nobody else has it until this is closed. */
  record Lock(FileChannel channel, FileLock held) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  /** Empty where somebody else has it. */
  Optional<Lock> lock() throws IOException {
    Path here = files.here(directory);
    if (!Files.isDirectory(here)) {
      files.createDirectories(String.valueOf(Path.of(directory).getParent()));
      Files.createDirectory(
          here, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    FileChannel channel =
        FileChannel.open(here.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock held = channel.tryLock();
      if (held != null) {
        return Optional.of(new Lock(channel, held));
      }
    } catch (OverlappingFileLockException e) {
      // held by this very process
    }
    channel.close();
    return Optional.empty();
  }

  /** Writes the backup and then the first record. */
  Entry begin(Plan.Change change) throws IOException {
    if (change.before().isPresent()) {
      files.replace(backup(change.key()), change.before().get());
    }
    Entry entry =
        new Entry(
            change.key(),
            Phase.PREPARED,
            change.path(),
            change.main(),
            hash(change.before()),
            hash(Optional.of(change.after())),
            change.configPath(),
            "",
            0,
            "");
    write(entry);
    return entry;
  }

  void write(Entry entry) throws IOException {
    files.replace(directory + "/" + entry.key() + RECORD, format(entry));
  }

  /** It never began. */
  void forget(Entry entry) throws IOException {
    files.delete(directory + "/" + entry.key() + RECORD);
  }

  /** The old text; empty where there was no file. Fails where the backup is not what it was. */
  Optional<String> backup(Entry entry) throws IOException {
    if (entry.before().equals(ABSENT)) {
      return Optional.empty();
    }
    Optional<String> text = files.read(backup(entry.key()));
    if (!entry.isBefore(text)) {
      throw new IOException("the backup " + backup(entry.key()) + " is not what it was");
    }
    return text;
  }

  /** Where backups and records are. */
  String directory() {
    return directory;
  }

  /** Where the backup of it is. */
  String backup(String key) {
    return directory + "/" + key + BACKUP;
  }

  Optional<Entry> find(String key) throws IOException {
    return files.read(directory + "/" + key + RECORD).flatMap(Journal::parse);
  }

  /** Those that were begun and not finished; one, if only this program writes here. */
  List<Entry> unfinished() throws IOException {
    List<Entry> found = new ArrayList<>();
    for (String name : files.list(directory)) {
      if (name.endsWith(RECORD)) {
        find(name.substring(0, name.length() - RECORD.length()))
            .filter(entry -> !entry.phase().isFinal())
            .ifPresent(found::add);
      }
    }
    return found;
  }

  private static String hash(Optional<String> text) {
    if (text.isEmpty()) {
      return ABSENT;
    }
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha256.digest(text.get().getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String format(Entry entry) {
    return """
    key %s
    phase %s
    path %s
    main %s
    before %s
    after %s
    config_path %s
    invocation %s
    resumed %d
    why %s
    """
        .formatted(
            entry.key(),
            entry.phase().name().toLowerCase(Locale.ROOT),
            entry.path(),
            entry.main(),
            entry.before(),
            entry.after(),
            entry.configPath(),
            entry.invocation(),
            entry.resumed(),
            entry.why());
  }

  private static Optional<Entry> parse(String text) {
    Map<String, String> fields = new LinkedHashMap<>();
    text.lines()
        .forEach(
            line -> {
              int space = line.indexOf(' ');
              fields.put(
                  space < 0 ? line : line.substring(0, space),
                  space < 0 ? "" : line.substring(space + 1));
            });
    try {
      return Optional.of(
          new Entry(
              need(fields.get("key")),
              Phase.valueOf(need(fields.get("phase")).toUpperCase(Locale.ROOT)),
              need(fields.get("path")),
              need(fields.get("main")),
              need(fields.get("before")),
              need(fields.get("after")),
              need(fields.get("config_path")),
              fields.getOrDefault("invocation", ""),
              Integer.parseInt(need(fields.get("resumed"))),
              fields.getOrDefault("why", "")));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String need(@Nullable String value) {
    if (value == null || value.isEmpty()) {
      throw new IllegalArgumentException("a field is missing");
    }
    return value;
  }
}
