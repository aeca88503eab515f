package dev.tarn.core.catalog;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.core.name.Tag;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory of small records, each a file of its own. Thread-safe; blocks for the time of a few
 * system calls.
 *
 * <pre>
 * &lt;registry&gt;/&lt;repository&gt;/@tags/&lt;tag&gt;
 * &lt;registry&gt;/&lt;repository&gt;/@content/&lt;algorithm&gt;/&lt;hex&gt;
 * &lt;registry&gt;/&lt;repository&gt;/@access/&lt;key&gt;
 * &lt;registry&gt;/&lt;repository&gt;/@challenge
 * {@literal @}delivered/&lt;algorithm&gt;/&lt;first 2&gt;/&lt;hex&gt;
 * {@literal @}tmp/&lt;number&gt;
 * </pre>
 *
 * No part of a name can begin with {@code @}, and only typed values become paths. A record is
 * written apart and renamed, so that it is read whole or not at all; nothing is forced to the
 * device, because a record that a power loss destroys is one that upstream is asked for again.
 */
public final class Catalog {
  private static final Logger log = LoggerFactory.getLogger(Catalog.class);
  private static final FileAttribute<Set<PosixFilePermission>> DIRECTORY_MODE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final FileAttribute<Set<PosixFilePermission>> FILE_MODE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----"));
  private static final String TAGS = "@tags";
  private static final String CONTENT = "@content";
  private static final String ACCESS = "@access";
  private static final String CHALLENGE = "@challenge";
  private static final String DELIVERED = "@delivered";

  /** What of a path about content comes after the repository. */
  private static final int DEPTH_OF_CONTENT = 3;

  /** A record larger than this is none of ours. */
  private static final int MAX_RECORD_BYTES = 16 * 1024;

  private final Path root;
  private final Path temporaries;
  private final AtomicLong nextTemporary = new AtomicLong();

  private Catalog(Path root) {
    this.root = root;
    this.temporaries = root.resolve("@tmp");
  }

  /**
   * Opens the catalog, creating its directory where it is missing.
   *
   * @param root a directory that no other process, and no other catalog, uses
   */
  public static Catalog open(Path root) throws IOException {
    Catalog catalog = new Catalog(root);
    Files.createDirectories(catalog.temporaries, DIRECTORY_MODE);
    try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(catalog.temporaries)) {
      for (Path leftover : leftovers) {
        Files.deleteIfExists(leftover);
      }
    }
    return catalog;
  }

  private Path repository(RegistryHost registry, RepositoryName repository) {
    return root.resolve(registry.value()).resolve(repository.value());
  }

  /** Where what is known about a tag lies. */
  public Path tag(RegistryHost registry, RepositoryName repository, Tag tag) {
    return repository(registry, repository).resolve(TAGS).resolve(tag.value());
  }

  /** Where what is known about content in a repository lies. */
  public Path content(RegistryHost registry, RepositoryName repository, Digest digest) {
    return repository(registry, repository)
        .resolve(CONTENT)
        .resolve(digest.algorithm().label())
        .resolve(digest.hex());
  }

  /** The tags of a repository about which there are records. */
  public List<Tag> tags(RegistryHost registry, RepositoryName repository) throws IOException {
    List<Tag> tags = new ArrayList<>();
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(repository(registry, repository).resolve(TAGS))) {
      for (Path file : files) {
        Tag.parse(String.valueOf(file.getFileName())).ifPresent(tags::add);
      }
    } catch (NoSuchFileException _) {
      return List.of();
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return tags;
  }

  /**
   * Where what is known about a credential lies.
   *
   * @param key letters and digits
   */
  public Path access(RegistryHost registry, RepositoryName repository, String key) {
    return repository(registry, repository).resolve(ACCESS).resolve(key);
  }

  /** Where what is known of how a credential is asked for lies. */
  public Path challenge(RegistryHost registry, RepositoryName repository) {
    return repository(registry, repository).resolve(CHALLENGE);
  }

  /** Where it lies who delivered some content. */
  public Path delivery(Digest digest) {
    return root.resolve(DELIVERED)
        .resolve(digest.algorithm().label())
        .resolve(digest.hex().substring(0, 2))
        .resolve(digest.hex());
  }

  /** Reads a record; empty where there is none that is whole. */
  public Optional<FieldRecord> read(Path file) {
    try {
      // No exception for what is usual: 0 is said of a file that is not there.
      long length = file.toFile().length();
      if (length == 0 || length > MAX_RECORD_BYTES) {
        return Optional.empty();
      }
      return FieldRecord.parse(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    } catch (IOException e) {
      log.atWarn().addKeyValue("file", file).setCause(e).log("catalog.read.failed");
      return Optional.empty();
    }
  }

  /** Writes a record, in place of what was there. */
  public void write(Path file, FieldRecord fields) throws IOException {
    Path temporary = temporaries.resolve(Long.toString(nextTemporary.getAndIncrement()));
    try {
      Files.createFile(temporary, FILE_MODE);
      Files.writeString(temporary, fields.format(), StandardOpenOption.WRITE);
      rename(temporary, file);
    } catch (IOException e) {
      Files.deleteIfExists(temporary);
      throw e;
    }
  }

  private static void rename(Path temporary, Path file) throws IOException {
    try {
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException _) {
      Files.createDirectories(directoryOf(file), DIRECTORY_MODE);
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /** Deletes a record. Does nothing where there is none. */
  public void delete(Path file) throws IOException {
    Files.deleteIfExists(file);
  }

  /** What {@link #forEachContent} and {@link #forEachDelivery} call. */
  public interface ContentVisitor {
    /** Called with each record about content, whatever its repository. */
    void visit(Digest digest, Path file) throws IOException;
  }

  /** Walks through all records about content, and drops directories that are empty. */
  public void forEachContent(ContentVisitor visitor) throws IOException {
    forEachRecord(
        root,
        Set.of(TAGS, ACCESS, DELIVERED),
        file -> {
          Optional<Digest> digest = contentDigest(file);
          if (digest.isPresent()) {
            visitor.visit(digest.get(), file);
          }
        });
  }

  /** What {@link #forEachObject} calls. */
  public interface ObjectVisitor {
    /** Called with each object that a registry is known to have in a repository. */
    void visit(RegistryHost registry, RepositoryName repository, Digest digest);
  }

  /** Walks through the names of all records about content; no record is read. */
  public void forEachObject(ObjectVisitor visitor) throws IOException {
    forEachContent(
        (digest, file) -> {
          // <registry>/<repository>/@content/<algorithm>/<hex>
          Path names = root.relativize(file);
          int end = names.getNameCount() - DEPTH_OF_CONTENT;
          if (end > 1) {
            Optional<RegistryHost> registry = RegistryHost.parse(names.getName(0).toString());
            Optional<RepositoryName> repository =
                RepositoryName.parse(names.subpath(1, end).toString());
            if (registry.isPresent() && repository.isPresent()) {
              visitor.visit(registry.get(), repository.get(), digest);
            }
          }
        });
  }

  /** What {@link #forEachAccess} calls. */
  public interface RecordVisitor {
    /** Called with each record, whatever its repository. */
    void visit(Path file) throws IOException;
  }

  /** Walks through all records about credentials, and drops directories that are empty. */
  public void forEachAccess(RecordVisitor visitor) throws IOException {
    forEachRecord(
        root,
        Set.of(TAGS, CONTENT, DELIVERED),
        file -> {
          if (directoryOf(file).endsWith(ACCESS)) {
            visitor.visit(file);
          }
        });
  }

  /** Walks through all records about who delivered what, and drops directories that are empty. */
  public void forEachDelivery(ContentVisitor visitor) throws IOException {
    Path deliveries = root.resolve(DELIVERED);
    if (!Files.isDirectory(deliveries)) {
      return;
    }
    forEachRecord(
        deliveries,
        Set.of(),
        file -> {
          String algorithm = String.valueOf(directoryOf(directoryOf(file)).getFileName());
          Optional<Digest> digest = Digest.parse(algorithm + ":" + file.getFileName());
          if (digest.isPresent()) {
            visitor.visit(digest.get(), file);
          }
        });
  }

  private void forEachRecord(Path from, Set<String> without, RecordVisitor visitor)
      throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            boolean other =
                without.contains(String.valueOf(directory.getFileName()))
                    || directory.equals(temporaries);
            return other ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            visitor.visit(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure) {
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException failure) {
            if (!directory.equals(root)) {
              directory.toFile().delete();
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static Optional<Digest> contentDigest(Path file) {
    return Digest.parse(directoryOf(file).getFileName() + ":" + file.getFileName());
  }

  private static Path directoryOf(Path file) {
    return Objects.requireNonNull(file.getParent(), "records lie in directories");
  }
}
