package dev.tarn.agent.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The host's files, one operation at a time: each happens or does not, and a crash can lie between
 * any two. Symbolic links are never followed, but by {@link #read}.
 */
public interface HostFiles {
  /** What is at {@code path}; empty where nothing is. */
  Optional<Attributes> attributes(Path path) throws IOException;

  /** The names in a directory, in order. */
  List<String> list(Path directory) throws IOException;

  /** What is in a file; fails where that is more than {@code limit} bytes. */
  byte[] read(Path file, int limit) throws IOException;

  void makeDirectory(Path directory) throws IOException;

  /**
   * Makes a file, which must not be there, and claims it until the draft is closed. The caller owns
   * the draft.
   */
  Draft create(Path file) throws IOException;

  /** Whether a process that is alive has this file as a draft. */
  boolean isClaimed(Path file) throws IOException;

  void setMode(Path path, int mode) throws IOException;

  void setOwner(Path path, int owner, int group) throws IOException;

  /** The file's SELinux label; empty on a host without. */
  Optional<byte[]> label(Path path) throws IOException;

  void setLabel(Path path, byte[] label) throws IOException;

  /** Gives {@code from} the name {@code to}, in place of a file that has it. */
  void rename(Path from, Path to) throws IOException;

  /** As {@link #rename}, but fails where something has the name {@code to}. */
  void renameNew(Path from, Path to) throws IOException;

  /** Has two files change their names at once; {@code false} where that cannot be done here. */
  boolean exchange(Path one, Path other) throws IOException;

  /** Deletes a file or an empty directory. */
  void delete(Path path) throws IOException;

  /** What happened to names in this directory outlives a crash of the host. */
  void syncDirectory(Path directory) throws IOException;
}
