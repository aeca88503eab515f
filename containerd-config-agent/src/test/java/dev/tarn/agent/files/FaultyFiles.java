package dev.tarn.agent.files;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Files on which something happens at the n-th operation: the process stops before it, the disk is
 * full from it on, the file system turns read-only, or somebody else is at work. Nothing is synced.
 */
public final class FaultyFiles implements HostFiles {
  /** The process stopped: nothing it still does has any effect. */
  public static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** What happens. */
  public enum Fault {
    NONE,
    STOP,
    FULL,
    READ_ONLY,
    MEET
  }

  private final HostFiles files = new LocalFiles();
  private final List<Draft> drafts = new ArrayList<>();
  private final Fault fault;
  private final int at;
  private final boolean exchanges;
  private final Runnable meeting;
  private int operations;
  private boolean stopped;

  public FaultyFiles(Fault fault, int at, boolean exchanges, Runnable meeting) {
    this.fault = fault;
    this.at = at;
    this.exchanges = exchanges;
    this.meeting = meeting;
  }

  public FaultyFiles(Fault fault, int at) {
    this(fault, at, true, () -> {});
  }

  public static FaultyFiles none() {
    return new FaultyFiles(Fault.NONE, 0);
  }

  public int operations() {
    return operations;
  }

  private void step(boolean writes, boolean grows, Path path) throws IOException {
    if (stopped) {
      throw new Stopped();
    }
    boolean now = operations++ == at;
    boolean since = operations > at;
    switch (fault) {
      case NONE -> {}
      case STOP -> {
        if (now) {
          stopped = true;
          for (Draft draft : drafts) {
            draft.close();
          }
          throw new Stopped();
        }
      }
      case FULL -> {
        if (since && grows) {
          throw new FileSystemException(path.toString(), null, "No space left on device");
        }
      }
      case READ_ONLY -> {
        if (since && writes) {
          throw new FileSystemException(path.toString(), null, "Read-only file system");
        }
      }
      case MEET -> {
        if (now) {
          meeting.run();
        }
      }
    }
  }

  @Override
  public Optional<Attributes> attributes(Path path) throws IOException {
    step(false, false, path);
    return files.attributes(path);
  }

  @Override
  public List<String> list(Path directory) throws IOException {
    step(false, false, directory);
    return files.list(directory);
  }

  @Override
  public byte[] read(Path file, int limit) throws IOException {
    step(false, false, file);
    return files.read(file, limit);
  }

  @Override
  public void makeDirectory(Path directory) throws IOException {
    step(true, true, directory);
    files.makeDirectory(directory);
  }

  @Override
  public Draft create(Path file) throws IOException {
    step(true, true, file);
    Draft draft = files.create(file);
    drafts.add(draft);
    return new FaultyDraft(file, draft);
  }

  @Override
  public boolean isClaimed(Path file) throws IOException {
    step(false, false, file);
    return files.isClaimed(file);
  }

  @Override
  public void setMode(Path path, int mode) throws IOException {
    step(true, false, path);
    files.setMode(path, mode);
  }

  @Override
  public void setOwner(Path path, int owner, int group) throws IOException {
    step(true, false, path);
    files.setOwner(path, owner, group);
  }

  @Override
  public Optional<byte[]> label(Path path) throws IOException {
    step(false, false, path);
    return files.label(path);
  }

  @Override
  public void setLabel(Path path, byte[] label) throws IOException {
    step(true, false, path);
    files.setLabel(path, label);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    step(true, true, to);
    files.rename(from, to);
  }

  @Override
  public void renameNew(Path from, Path to) throws IOException {
    step(true, true, to);
    files.renameNew(from, to);
  }

  @Override
  public boolean exchange(Path one, Path other) throws IOException {
    step(true, false, other);
    return exchanges && files.exchange(one, other);
  }

  @Override
  public void delete(Path path) throws IOException {
    step(true, false, path);
    files.delete(path);
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    step(false, false, directory);
  }

  private final class FaultyDraft implements Draft {
    private final Path path;
    private final Draft draft;

    FaultyDraft(Path path, Draft draft) {
      this.path = path;
      this.draft = draft;
    }

    /** In two halves, so that a file may be cut off. */
    @Override
    public void write(byte[] content) throws IOException {
      step(true, true, path);
      int half = content.length / 2;
      draft.write(java.util.Arrays.copyOf(content, half));
      step(true, true, path);
      draft.write(java.util.Arrays.copyOfRange(content, half, content.length));
    }

    @Override
    public void sync() throws IOException {
      step(true, false, path);
    }

    @Override
    public void close() throws IOException {
      drafts.remove(draft);
      draft.close();
    }
  }
}
