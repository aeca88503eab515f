package dev.tarn.agent.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The files of this machine. */
public final class LocalFiles implements HostFiles {
  private static final int PERMISSIONS = 07777;
  private static final int KIND = 0170000;
  private static final int DIRECTORY = 0040000;
  private static final int FILE = 0100000;
  private static final int LINK = 0120000;

  @Override
  public Optional<Attributes> attributes(Path path) throws IOException {
    try {
      Map<String, Object> found =
          Files.readAttributes(path, "unix:mode,uid,gid", LinkOption.NOFOLLOW_LINKS);
      int mode = (Integer) found.get("mode");
      return Optional.of(
          new Attributes(
              kind(mode & KIND),
              mode & PERMISSIONS,
              (Integer) found.get("uid"),
              (Integer) found.get("gid")));
    } catch (NoSuchFileException | NotDirectoryException e) {
      return Optional.empty();
    }
  }

  private static Attributes.Kind kind(int kind) {
    return switch (kind) {
      case DIRECTORY -> Attributes.Kind.DIRECTORY;
      case FILE -> Attributes.Kind.FILE;
      case LINK -> Attributes.Kind.LINK;
      default -> Attributes.Kind.OTHER;
    };
  }

  @Override
  public List<String> list(Path directory) throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        names.add(String.valueOf(entry.getFileName()));
      }
    } catch (java.nio.file.DirectoryIteratorException e) {
      throw e.getCause();
    }
    Collections.sort(names);
    return names;
  }

  @Override
  public byte[] read(Path file, int limit) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      // One byte more, so that growing is seen.
      ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(channel.size(), limit) + 1);
      while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
        if (!buffer.hasRemaining() && buffer.capacity() <= limit) {
          buffer = ByteBuffer.allocate(limit + 1).put(buffer.flip());
        }
      }
      if (buffer.position() > limit) {
        throw new FileSystemException(file.toString(), null, "is larger than " + limit + " bytes");
      }
      byte[] content = new byte[buffer.flip().remaining()];
      buffer.get(content);
      return content;
    }
  }

  @Override
  public void makeDirectory(Path directory) throws IOException {
    Files.createDirectory(directory);
  }

  @Override
  public Draft create(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file,
            java.util.Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      if (!claim(channel)) {
        throw new NoSuchFileException(file.toString(), null, "was taken for a leftover");
      }
      return new LocalDraft(channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static boolean claim(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  @Override
  public boolean isClaimed(Path file) throws IOException {
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        FileLock lock = channel.tryLock()) {
      return lock == null;
    } catch (OverlappingFileLockException e) {
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  @Override
  public void setMode(Path path, int mode) throws IOException {
    Files.setAttribute(path, "unix:mode", mode, LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public void setOwner(Path path, int owner, int group) throws IOException {
    Files.setAttribute(path, "unix:uid", owner, LinkOption.NOFOLLOW_LINKS);
    Files.setAttribute(path, "unix:gid", group, LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public Optional<byte[]> label(Path path) throws IOException {
    return Kernel.label(path);
  }

  @Override
  public void setLabel(Path path, byte[] label) throws IOException {
    Kernel.setLabel(path, label);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void renameNew(Path from, Path to) throws IOException {
    if (Kernel.renameNew(from, to)) {
      return;
    }
    if (attributes(to).isPresent()) {
      throw new FileAlreadyExistsException(to.toString());
    }
    rename(from, to);
  }

  @Override
  public boolean exchange(Path one, Path other) throws IOException {
    return Kernel.exchange(one, other);
  }

  @Override
  public void delete(Path path) throws IOException {
    Files.delete(path);
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private record LocalDraft(FileChannel channel) implements Draft {
    @Override
    public void write(byte[] content) throws IOException {
      ByteBuffer buffer = ByteBuffer.wrap(content);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    }

    @Override
    public void sync() throws IOException {
      channel.force(true);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
