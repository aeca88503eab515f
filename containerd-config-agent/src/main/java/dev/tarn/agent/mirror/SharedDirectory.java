package dev.tarn.agent.mirror;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;

/**
 * The directory that is shared with the node's Tarn, which can read what is put there through the
 * directory's group. Nobody sees a file half-written.
 */
public final class SharedDirectory {
  private static final String SECRET = "secret";
  private static final int SECRET_BYTES = 32;
  private static final int MAX_SECRET_FILE_BYTES = 64;
  private static final int SECRET_TRIES = 3;
  private static final Set<PosixFilePermission> MODE =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.GROUP_READ);

  private final Path directory;
  private final SecureRandom random;

  public SharedDirectory(Path directory, SecureRandom random) {
    this.directory = directory;
    this.random = random;
  }

  /** The secret that both containers know; made where there is none. */
  byte[] secret() throws IOException {
    Path file = directory.resolve(SECRET);
    for (int i = 0; i < SECRET_TRIES; i++) {
      try {
        return read(file);
      } catch (NoSuchFileException _) {
        create(file);
      }
    }
    throw new IOException(file + " is taken away again and again");
  }

  private static byte[] read(Path file) throws IOException {
    // Before it is opened: who may write here could have put a pipe, at which one waits for ever.
    BasicFileAttributes attributes =
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!attributes.isRegularFile()) {
      throw new IOException(file + " is not a file");
    }
    String text;
    Set<OpenOption> options = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    try (FileChannel channel = FileChannel.open(file, options)) {
      ByteBuffer buffer = ByteBuffer.allocate(MAX_SECRET_FILE_BYTES);
      while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
        // Until it is full, or the file ends.
      }
      text = new String(buffer.array(), 0, buffer.position(), StandardCharsets.ISO_8859_1).strip();
    }
    byte[] secret;
    try {
      secret = Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException _) {
      throw new IOException(file + " holds no secret: delete it, and a new one is made");
    }
    if (secret.length != SECRET_BYTES) {
      throw new IOException(file + " holds no secret: delete it, and a new one is made");
    }
    return secret;
  }

  /** A link is made only where nothing is: of two that start at once, both know the first's. */
  private void create(Path file) throws IOException {
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    byte[] text = Base64.getUrlEncoder().withoutPadding().encode(secret);
    Path temporary = write(text);
    try {
      Files.createLink(file, temporary);
    } catch (FileAlreadyExistsException _) {
      // Somebody was faster.
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Replaces the file called {@code name}. */
  void replace(String name, byte[] content) throws IOException {
    Path temporary = write(content);
    try {
      Files.move(temporary, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      throw new IOException(directory + " cannot rename files", e);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private Path write(byte[] content) throws IOException {
    byte[] unique = new byte[8];
    random.nextBytes(unique);
    Path file = directory.resolve(".tarn-" + HexFormat.of().formatHex(unique));
    Set<OpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    boolean whole = false;
    try (FileChannel channel = FileChannel.open(file, options)) {
      // Before anything is in it: whoever else could open it would find nothing.
      Files.setPosixFilePermissions(file, MODE);
      Object group = Files.getAttribute(directory, "unix:gid");
      if (!group.equals(Files.getAttribute(file, "unix:gid"))) {
        Files.setAttribute(file, "unix:gid", group);
      }
      ByteBuffer buffer = ByteBuffer.wrap(content);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
      whole = true;
    } finally {
      if (!whole) {
        Files.deleteIfExists(file);
      }
    }
    return file;
  }
}
