package dev.tarn.core.containerd;

import dev.tarn.core.digest.Digest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which files matched their digests, kept across restarts in a file of one line each: digest, size,
 * inode, change time. Thread-safe; only {@link #find} never blocks.
 *
 * <p>Lines are appended and nothing is forced to the device: what a crash loses, or leaves torn, is
 * hashed again. A line counts only where all of it fits the file that lies there.
 */
final class VerifiedFiles {
  private static final Logger log = LoggerFactory.getLogger(VerifiedFiles.class);
  private static final FileAttribute<Set<PosixFilePermission>> MODE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----"));

  /** Some 100 bytes a line, each blob twice. */
  private static final long MAX_FILE_BYTES = 2L * KnownBlobs.MAX_BLOBS * 200;

  private static final int SPARE_LINES = 1000;

  private final Path file;
  private final Map<Digest, FileIdentity> verified = new ConcurrentHashMap<>();

  /** Lines of the file, those that no longer count among them; guarded by this. */
  private long lines;

  private boolean failing;

  VerifiedFiles(Path file) {
    this.file = file;
  }

  @Nullable FileIdentity find(Digest digest) {
    return verified.get(digest);
  }

  /** Reads what earlier runs of the process wrote. Called once. */
  synchronized void load() {
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw new IOException("larger than " + MAX_FILE_BYTES + " bytes");
      }
      // A torn line may hold anything.
      try (BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(Files.newInputStream(file), StandardCharsets.ISO_8859_1))) {
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
          lines++;
          read(line.split(" ", -1));
        }
      }
    } catch (NoSuchFileException _) {
      log.atDebug().addKeyValue("file", file).log("containerd.remembered.none");
    } catch (IOException e) {
      failed(e);
    }
  }

  private void read(String[] words) {
    if (words.length != 5 || !words[4].equals(".")) {
      return;
    }
    Digest digest = Digest.parse(words[0]).orElse(null);
    if (digest == null) {
      return;
    }
    try {
      verified.put(
          digest,
          new FileIdentity(
              Long.parseLong(words[2]), Long.parseLong(words[3]), Long.parseLong(words[1])));
    } catch (NumberFormatException _) {
      verified.remove(digest);
    }
  }

  private static String line(Digest digest, FileIdentity identity) {
    return digest
        + " "
        + identity.size()
        + " "
        + identity.inode()
        + " "
        + identity.changedNanos()
        + " .\n";
  }

  synchronized void remember(Digest digest, FileIdentity identity) {
    verified.put(digest, identity);
    try (FileChannel channel =
        FileChannel.open(
            file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND), MODE)) {
      write(channel, line(digest, identity));
      lines++;
      failing = false;
    } catch (IOException e) {
      failed(e);
    }
  }

  /** From now on until it is remembered again, that digest's file counts as not looked at. */
  void forget(Digest digest) {
    verified.remove(digest);
  }

  /** Writes the file anew where most of it is about what no longer lies there. */
  synchronized void tidy(Predicate<Digest> there) {
    verified.keySet().removeIf(there.negate());
    if (lines <= 2L * verified.size() + SPARE_LINES) {
      return;
    }
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.deleteIfExists(fresh);
      try (FileChannel channel =
          FileChannel.open(
              fresh, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), MODE)) {
        StringBuilder text = new StringBuilder();
        verified.forEach((digest, identity) -> text.append(line(digest, identity)));
        write(channel, text.toString());
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      lines = verified.size();
    } catch (IOException e) {
      failed(e);
    }
  }

  private static void write(FileChannel channel, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private void failed(IOException cause) {
    if (!failing) {
      failing = true;
      log.atWarn().addKeyValue("file", file).setCause(cause).log("containerd.remembered.failed");
    }
  }
}
