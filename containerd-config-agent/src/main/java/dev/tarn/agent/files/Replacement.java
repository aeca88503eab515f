package dev.tarn.agent.files;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Makes, replaces and removes single files so that a crash leaves the old state or the new one, and
 * nobody's change is lost: a file goes only if it is still what its reader saw.
 *
 * <p>A new content is written under a name of ours beside the file, and takes its name when it is on
 * the disk. Where the kernel can exchange two names, what stood there is looked at once more after
 * the exchange, and put back if somebody changed it in between. Where it cannot, the last look is
 * right before the rename.
 */
public final class Replacement {
  private static final int MAX_BYTES = 1 << 22;

  private final HostFiles files;
  private final Supplier<String> draftNames;

  /** {@code draftNames} gives names that no file has. */
  public Replacement(HostFiles files, Supplier<String> draftNames) {
    this.files = files;
    this.draftNames = draftNames;
  }

  /** Makes a file where there is none. */
  public void create(Path file, byte[] content, int mode) throws IOException {
    Path draft = file.resolveSibling(draftNames.get());
    try (Draft open = files.create(draft)) {
      open.write(content);
      files.setMode(draft, mode);
      open.sync();
      files.renameNew(draft, file);
    } catch (FileAlreadyExistsException e) {
      discard(draft);
      throw new ChangedException(file);
    } catch (IOException e) {
      discard(draft);
      throw e;
    }
    files.syncDirectory(parent(file));
  }

  /** Replaces a file that is still as it was {@code seen}; its mode, owner and label stay. */
  public void replace(Path file, Attributes seen, byte[] before, byte[] content)
      throws IOException {
    Path draft = file.resolveSibling(draftNames.get());
    boolean exchanged;
    try (Draft open = files.create(draft)) {
      open.write(content);
      dress(draft, file, seen);
      open.sync();
      requireSame(file, file, seen, before);
      exchanged = files.exchange(draft, file);
      if (!exchanged) {
        files.rename(draft, file);
      }
    } catch (IOException e) {
      discard(draft);
      throw e;
    }
    if (exchanged) {
      dropOld(draft, file, seen, before);
    }
    files.syncDirectory(parent(file));
  }

  /** The old file has the draft's name now. */
  private void dropOld(Path old, Path file, Attributes seen, byte[] before) throws IOException {
    try {
      requireSame(old, file, seen, before);
    } catch (ChangedException e) {
      files.exchange(old, file);
      discard(old);
      throw e;
    }
    files.delete(old);
  }

  /** Removes a file that still has this content. */
  public void remove(Path file, byte[] before) throws IOException {
    Path old = file.resolveSibling(draftNames.get());
    files.renameNew(file, old);
    if (!Arrays.equals(files.read(old, MAX_BYTES), before)) {
      files.renameNew(old, file);
      throw new ChangedException(file);
    }
    files.delete(old);
    files.syncDirectory(parent(file));
  }

  /** Gives a draft what its predecessor has. A host on which new files get no label has none. */
  private void dress(Path draft, Path file, Attributes seen) throws IOException {
    Optional<Attributes> own = files.attributes(draft);
    if (own.isEmpty() || own.get().owner() != seen.owner() || own.get().group() != seen.group()) {
      files.setOwner(draft, seen.owner(), seen.group());
    }
    files.setMode(draft, seen.mode());
    Optional<byte[]> given = files.label(draft);
    if (given.isPresent()) {
      Optional<byte[]> wanted = files.label(file);
      if (wanted.isPresent() && !Arrays.equals(wanted.get(), given.get())) {
        files.setLabel(draft, wanted.get());
      }
    }
  }

  private void requireSame(Path where, Path file, Attributes seen, byte[] before)
      throws IOException {
    boolean same =
        files.attributes(where).filter(seen::equals).isPresent()
            && Arrays.equals(files.read(where, MAX_BYTES), before);
    if (!same) {
      throw new ChangedException(file);
    }
  }

  private void discard(Path draft) {
    try {
      files.delete(draft);
    } catch (IOException e) {
      // It is a leftover, and goes the next time.
    }
  }

  private static Path parent(Path file) {
    Path parent = file.getParent();
    if (parent == null) {
      throw new IllegalArgumentException("not in a directory: " + file);
    }
    return parent;
  }
}
