package dev.tarn.agent.tree;

import dev.tarn.agent.files.Attributes;
import dev.tarn.agent.files.ChangedException;
import dev.tarn.agent.files.HostFiles;
import dev.tarn.agent.hosts.HostsToml;
import dev.tarn.agent.hosts.Note;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A registry's directory, as it was found.
 *
 * @param there whether it is there
 * @param obstacle why it is not to be touched; empty where it may be
 * @param file its {@code hosts.toml}
 * @param content what is in that; nothing where it is not there
 * @param noteFile the note beside it
 * @param note what that says
 * @param noteBytes the same as it is written
 * @param names everything in the directory
 */
record Folder(
    Path path,
    boolean there,
    String obstacle,
    Optional<Attributes> file,
    byte[] content,
    Optional<Attributes> noteFile,
    Optional<Note> note,
    byte[] noteBytes,
    List<String> names) {
  private static final int MAX_BYTES = 1 << 20;
  private static final byte[] NOTHING = {};

  /** Looks at a directory. */
  static Folder read(HostFiles files, Path path) throws IOException {
    Optional<Attributes> directory = files.attributes(path);
    if (directory.isEmpty()) {
      return none(path, false, "");
    }
    if (!directory.get().isDirectory()) {
      return none(
          path,
          true,
          path + " is not a directory but " + what(directory.get()) + ": it is left as it is");
    }
    try {
      return readDirectory(files, path);
    } catch (NoSuchFileException e) {
      throw new ChangedException(path);
    }
  }

  private static Folder readDirectory(HostFiles files, Path path) throws IOException {
    List<String> names = files.list(path);
    Path hosts = path.resolve(Names.HOSTS);
    Optional<Attributes> file = files.attributes(hosts);
    if (file.isPresent() && !file.get().isFile()) {
      return none(
          path, true, hosts + " is not a file but " + what(file.get()) + ": it is left as it is");
    }
    byte[] content = file.isPresent() ? files.read(hosts, MAX_BYTES) : NOTHING;
    Path noteAt = path.resolve(Names.NOTE);
    Optional<Attributes> noteFile = files.attributes(noteAt).filter(Attributes::isFile);
    byte[] noteBytes = noteFile.isPresent() ? files.read(noteAt, 2 * MAX_BYTES) : NOTHING;
    return new Folder(
        path, true, "", file, content, noteFile, Note.parse(noteBytes), noteBytes, names);
  }

  private static Folder none(Path path, boolean there, String obstacle) {
    return new Folder(
        path,
        there,
        obstacle,
        Optional.empty(),
        NOTHING,
        Optional.empty(),
        Optional.empty(),
        NOTHING,
        List.of());
  }

  private static String what(Attributes attributes) {
    return switch (attributes.kind()) {
      case LINK -> "a symbolic link, so another program manages it elsewhere";
      case DIRECTORY -> "a directory";
      case FILE -> "a file";
      case OTHER -> "something special";
    };
  }

  Path hosts() {
    return path.resolve(Names.HOSTS);
  }

  Path notePath() {
    return path.resolve(Names.NOTE);
  }

  /** Whether somebody else has a file in it, beside {@code hosts.toml}. */
  boolean hasForeignFiles() {
    return names.stream().anyMatch(Names::isForeign);
  }

  /** Whether there is a trace of ours in it. */
  boolean hasOurs() {
    return noteFile.isPresent()
        || names.stream().anyMatch(Names::isWork)
        || HostsToml.hasMarkers(content);
  }

  /** The certificates that containerd trusts while there is no {@code hosts.toml}. */
  List<String> certificates() {
    return ending(".crt");
  }

  /** Whether containerd shows a certificate of its own while there is no {@code hosts.toml}. */
  boolean hasClientCertificates() {
    return !ending(".cert").isEmpty();
  }

  private List<String> ending(String end) {
    List<String> found = new ArrayList<>();
    for (String name : names) {
      if (name.endsWith(end)) {
        found.add(name);
      }
    }
    return found;
  }
}
