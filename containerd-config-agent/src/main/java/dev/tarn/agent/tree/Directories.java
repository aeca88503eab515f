package dev.tarn.agent.tree;

import dev.tarn.agent.files.Attributes;
import dev.tarn.agent.files.ChangedException;
import dev.tarn.agent.files.Draft;
import dev.tarn.agent.files.HostFiles;
import dev.tarn.agent.hosts.Target;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Directories of ours, which come and go by one rename, with everything in them. A crash before or
 * after it leaves a directory under a name of ours, which {@link #clean} finishes with the next
 * time: unless the process that prepares it is alive, which its claim on a file in it shows.
 */
final class Directories {
  private static final int DIRECTORY_MODE = 0755;
  private static final int FILE_MODE = 0644;
  private static final int NOTE_MODE = 0600;

  private final HostFiles files;
  private final Path root;
  private final Path parent;
  private final String rootName;
  private final Names names;
  private final Planner planner;

  Directories(HostFiles files, Path root, Names names, Planner planner) {
    Path above = root.getParent();
    Path name = root.getFileName();
    if (above == null || name == null) {
      throw new IllegalArgumentException("not a directory that could be made: " + root);
    }
    this.files = files;
    this.root = root;
    this.parent = above;
    this.rootName = name.toString();
    this.names = names;
    this.planner = planner;
  }

  /** Has a registry's directory appear with its files; and the root, where that is not there. */
  void make(String name, Plan.Write plan, boolean rootThere) throws IOException {
    Path place = rootThere ? root : parent;
    Path prepared =
        place.resolve(names.prepared(rootThere ? name : rootName + "-" + name));
    List<Draft> claims = new ArrayList<>();
    try {
      try {
        makeDirectory(prepared);
        if (!rootThere) {
          byte[] text = name.getBytes(StandardCharsets.UTF_8);
          write(prepared.resolve(Names.ROOT_NOTE), text, NOTE_MODE, claims);
        }
        Path own = rootThere ? prepared : prepared.resolve(name);
        if (!rootThere) {
          makeDirectory(own);
        }
        write(own.resolve(Names.NOTE), plan.note().bytes(), NOTE_MODE, claims);
        write(own.resolve(Names.HOSTS), plan.content(), FILE_MODE, claims);
        files.syncDirectory(own);
        files.syncDirectory(prepared);
        files.renameNew(prepared, rootThere ? root.resolve(name) : root);
      } finally {
        for (Draft claim : claims) {
          claim.close();
        }
      }
    } catch (FileAlreadyExistsException | NoSuchFileException e) {
      discard(prepared);
      throw new ChangedException(root.resolve(name));
    } catch (IOException e) {
      discard(prepared);
      throw e;
    }
    files.syncDirectory(place);
  }

  private void makeDirectory(Path directory) throws IOException {
    files.makeDirectory(directory);
    files.setMode(directory, DIRECTORY_MODE);
  }

  private void write(Path file, byte[] content, int mode, List<Draft> claims) throws IOException {
    Draft draft = files.create(file);
    claims.add(draft);
    draft.write(content);
    files.setMode(file, mode);
    draft.sync();
  }

  private void discard(Path prepared) {
    try {
      deleteUnlessClaimed(prepared);
    } catch (IOException e) {
      // It is a leftover, and goes the next time.
    }
  }

  /** Has a registry's directory of ours vanish, unless somebody put something into it. */
  void remove(Target target, String name) throws IOException {
    Path gone = root.resolve(names.goingAway(name));
    files.renameNew(root.resolve(name), gone);
    finish(target, name, gone);
    files.syncDirectory(root);
  }

  /** Has the root vanish, which we made and where there is nothing but our note of that. */
  void removeRoot() throws IOException {
    Path gone = parent.resolve(names.goingAway(rootName));
    files.renameNew(root, gone);
    finishRoot(gone);
    files.syncDirectory(parent);
  }

  private void finish(Target target, String name, Path gone) throws IOException {
    if (!holdsOnlyOurs(target, gone)) {
      restore(gone, root.resolve(name));
      throw new ChangedException(root.resolve(name));
    }
    delete(gone, root.resolve(name));
  }

  private void finishRoot(Path gone) throws IOException {
    if (!files.list(gone).stream().allMatch(Names.ROOT_NOTE::equals)) {
      restore(gone, root);
      throw new ChangedException(root);
    }
    delete(gone, root);
  }

  private void delete(Path gone, Path place) throws IOException {
    try {
      deleteAll(gone);
    } catch (DirectoryNotEmptyException e) {
      restore(gone, place);
      throw new ChangedException(place);
    }
  }

  /** Puts back what was not ours after all. */
  private void restore(Path gone, Path place) throws IOException {
    try {
      files.renameNew(gone, place);
      return;
    } catch (NoSuchFileException e) {
      return;
    } catch (FileAlreadyExistsException e) {
      // Somebody made it anew: what is in ours goes there.
    }
    for (String name : files.list(gone)) {
      if (files.attributes(place.resolve(name)).isEmpty()) {
        files.renameNew(gone.resolve(name), place.resolve(name));
      } else if (!Names.isForeign(name) && !name.equals(Names.HOSTS)) {
        files.delete(gone.resolve(name));
      }
    }
    files.delete(gone);
  }

  /** Whether nobody else has anything in a directory. */
  private boolean holdsOnlyOurs(Target target, Path directory) throws IOException {
    Folder folder = Folder.read(files, directory);
    return folder.obstacle().isEmpty()
        && !folder.hasForeignFiles()
        && planner.take(target, folder) instanceof dev.tarn.agent.hosts.Taken.Rest rest
        && Planner.isOursAlone(folder, rest);
  }

  /** Finishes what crashes left behind. */
  void clean() throws IOException {
    if (isDirectory(parent)) {
      for (String name : files.list(parent)) {
        cleanInParent(name);
      }
    }
    if (isDirectory(root)) {
      for (String name : files.list(root)) {
        cleanInRoot(name);
      }
    }
  }

  private void cleanInParent(String name) throws IOException {
    Path path = parent.resolve(name);
    if (Names.meant(Names.NEW, name).filter(n -> n.startsWith(rootName + "-")).isPresent()) {
      deleteUnlessClaimed(path);
    } else if (Names.meant(Names.OLD, name).filter(rootName::equals).isPresent()) {
      finishRoot(path);
    }
  }

  private void cleanInRoot(String name) throws IOException {
    Path path = root.resolve(name);
    if (Names.meant(Names.NEW, name).isPresent()) {
      deleteUnlessClaimed(path);
      return;
    }
    Optional<String> meant = Names.meant(Names.OLD, name);
    Optional<Target> target = meant.flatMap(Names::target);
    if (meant.isPresent() && target.isPresent()) {
      finish(target.get(), meant.get(), path);
    } else if (name.startsWith(Names.DRAFT)) {
      deleteUnlessClaimed(path);
    }
  }

  /** Finishes with the files that a crash left in a registry's directory. */
  void cleanFiles(Path directory) throws IOException {
    for (String name : files.list(directory)) {
      if (name.startsWith(Names.DRAFT)) {
        deleteUnlessClaimed(directory.resolve(name));
      }
    }
  }

  private void deleteUnlessClaimed(Path path) throws IOException {
    try {
      if (isClaimed(path)) {
        return;
      }
      if (parent.equals(path.getParent())) {
        deletePreparedRoot(path);
      } else {
        deleteAll(path);
      }
    } catch (NoSuchFileException e) {
      // Its owner, or another agent, was faster.
    }
  }

  private boolean isClaimed(Path path) throws IOException {
    Optional<Attributes> attributes = files.attributes(path);
    if (attributes.isEmpty()) {
      return false;
    }
    if (!attributes.get().isDirectory()) {
      return attributes.get().isFile() && files.isClaimed(path);
    }
    for (String name : files.list(path)) {
      if (isClaimed(path.resolve(name))) {
        return true;
      }
    }
    return false;
  }

  /** Deletes what may be ours; what is not stays, and with it its directory. */
  private void deleteAll(Path path) throws IOException {
    try {
      Optional<Attributes> attributes = files.attributes(path);
      if (attributes.isEmpty()) {
        return;
      }
      if (attributes.get().isDirectory()) {
        for (String name : files.list(path)) {
          if (!Names.isForeign(name)) {
            deleteAll(path.resolve(name));
          }
        }
      }
      files.delete(path);
    } catch (NoSuchFileException e) {
      // Another agent was faster.
    }
  }

  /** The same for a root that was being prepared: it holds a registry's directory too. */
  private void deletePreparedRoot(Path path) throws IOException {
    for (String name : files.list(path)) {
      if (Names.target(name).isPresent()) {
        deleteAll(path.resolve(name));
      }
    }
    deleteAll(path);
  }

  private boolean isDirectory(Path path) throws IOException {
    return files.attributes(path).filter(Attributes::isDirectory).isPresent();
  }
}
