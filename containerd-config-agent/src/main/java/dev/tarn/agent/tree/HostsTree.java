package dev.tarn.agent.tree;

import dev.tarn.agent.files.Attributes;
import dev.tarn.agent.files.ChangedException;
import dev.tarn.agent.files.HostFiles;
import dev.tarn.agent.files.Replacement;
import dev.tarn.agent.hosts.Made;
import dev.tarn.agent.hosts.Taken;
import dev.tarn.agent.hosts.Target;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/**
 * The entries under one root, as files. Nothing is remembered but in them, so any process can go on
 * where another one stopped.
 *
 * <p>Beside each {@code hosts.toml} of ours lies a note, {@code .hosts.toml.tarn}: what stood there
 * before, and which directories we made. containerd reads no such name. It comes before our block
 * and goes after it. In a root that we made lies {@code .tarn-root}, which says so for as long as
 * any entry stands.
 *
 * <p>A {@code hosts.toml}, a registry's directory or a root that is a symbolic link is left alone:
 * who made the link manages what it leads to.
 */
public final class HostsTree implements Entries {
  /**
   * The directory that the canary makes for the time of a pull, and the registry that it is for;
   * while it is prepared, with a dot before it. A root that we made stays ours meanwhile.
   */
  public static final String CANARY = "canary.tarn.invalid";

  private static final int MAX_ATTEMPTS = 16;
  private static final int FILE_MODE = 0644;
  private static final int NOTE_MODE = 0600;
  private static final int MAX_NOTE_BYTES = 512;

  private final HostFiles files;
  private final Path root;
  private final Planner planner;
  private final Directories directories;
  private final Replacement replacement;

  /**
   * @param root the directory, as this process sees it
   * @param mirror the mirror's registry endpoint: {@code http://127.0.0.1:PORT}
   * @param seen where this process sees what the host calls by an absolute path
   */
  public HostsTree(
      HostFiles files, Path root, URI mirror, UnaryOperator<Path> seen, RandomGenerator random) {
    Names names = new Names(random);
    this.files = files;
    this.root = root;
    this.planner = new Planner(files, root, mirror.toString(), seen);
    this.directories = new Directories(files, root, names, planner);
    this.replacement = new Replacement(files, names::draft);
  }

  @Override
  public Standing put(Target target) {
    return attempt(() -> putOnce(target));
  }

  @Override
  public Standing withdraw(Target target) {
    return attempt(() -> withdrawOnce(target));
  }

  @Override
  public Standing look(Target target) {
    return attempt(() -> lookOnce(target));
  }

  @Override
  public Set<Target> standing() {
    Set<Target> found = new LinkedHashSet<>();
    try {
      addStanding(found);
    } catch (IOException e) {
      // What was found so far is what can be told.
    }
    return found;
  }

  private Standing putOnce(Target target) throws IOException {
    if (isObstructed()) {
      return obstructed();
    }
    directories.clean();
    boolean rootThere = isDirectory(root);
    if (!rootThere && !isDirectory(parent())) {
      return new Standing.Failed(parent() + " is not there, so " + root + " cannot be made");
    }
    String name = directory(target);
    for (String other : Names.directories(target)) {
      if (!other.equals(name)) {
        takeBack(target, other);
      }
    }
    Path path = root.resolve(name);
    if (isDirectory(path)) {
      directories.cleanFiles(path);
    }
    Folder folder = Folder.read(files, path);
    return switch (planner.plan(target, folder, rootThere)) {
      case Plan.Leave(String why) -> {
        if (folder.obstacle().isEmpty()) {
          takeBack(target, name);
          finishRoot();
        }
        yield new Standing.LeftAlone(why);
      }
      case Plan.Write write -> {
        write(folder, write, name, rootThere);
        yield new Standing.Present(write.upstreams());
      }
    };
  }

  private void write(Folder folder, Plan.Write plan, String name, boolean rootThere)
      throws IOException {
    if (!folder.there()) {
      directories.make(name, plan, rootThere);
      return;
    }
    byte[] note = plan.note().bytes();
    byte[] noted = folder.noteContent().bytes();
    byte[] before = folder.content().bytes();
    if (folder.noteFile().isEmpty()) {
      replacement.create(folder.notePath(), note, NOTE_MODE);
    } else if (!Arrays.equals(noted, note)) {
      replacement.replace(folder.notePath(), folder.noteFile().get(), noted, note);
    }
    if (folder.file().isEmpty()) {
      replacement.create(folder.hosts(), plan.content().bytes(), FILE_MODE);
    } else if (!folder.content().equals(plan.content())) {
      replacement.replace(folder.hosts(), folder.file().get(), before, plan.content().bytes());
    }
  }

  private Standing withdrawOnce(Target target) throws IOException {
    if (isObstructed()) {
      return new Standing.Absent();
    }
    Standing standing = new Standing.Absent();
    for (String name : Names.directories(target)) {
      Optional<String> stuck = takeBack(target, name);
      if (stuck.isPresent()) {
        standing = new Standing.LeftAlone(stuck.get());
      }
    }
    // Not before: what cannot be cleaned up must not keep an entry in its place.
    directories.clean();
    finishRoot();
    return standing;
  }

  /** Takes our part out of one directory. Empty, or why it cannot be taken out. */
  private Optional<String> takeBack(Target target, String name) throws IOException {
    Path path = root.resolve(name);
    if (!isDirectory(path)) {
      return Optional.empty();
    }
    directories.cleanFiles(path);
    Folder folder = Folder.read(files, path);
    if (!folder.obstacle().isEmpty()) {
      return Optional.empty();
    }
    return switch (planner.take(target, folder)) {
      case Taken.Stuck(String why) -> Optional.of(folder.hosts() + ": " + why);
      case Taken.Rest rest -> {
        takeBack(target, name, folder, rest);
        yield Optional.empty();
      }
    };
  }

  private void takeBack(Target target, String name, Folder folder, Taken.Rest rest)
      throws IOException {
    if (!rest.ours() && folder.noteFile().isEmpty()) {
      return;
    }
    boolean alone = Planner.isOursAlone(folder, rest);
    byte[] before = folder.content().bytes();
    Made made = Planner.made(folder, rest);
    if (alone && made.directory() && !folder.hasForeignFiles()) {
      directories.remove(target, name);
      return;
    }
    if (folder.file().isPresent() && alone) {
      replacement.remove(folder.hosts(), before);
    } else if (folder.file().isPresent() && rest.ours()) {
      replacement.replace(folder.hosts(), folder.file().get(), before, rest.bytes());
    }
    if (folder.noteFile().isPresent()) {
      files.delete(folder.notePath());
      files.syncDirectory(folder.path());
    }
  }

  /** The root goes with the last entry, where we made it and nobody else has anything in it. */
  private void finishRoot() throws IOException {
    Path note = root.resolve(Names.ROOT_NOTE);
    if (!isDirectory(root) || files.attributes(note).isEmpty()) {
      return;
    }
    List<String> names = files.list(root);
    if (names.equals(List.of(Names.ROOT_NOTE))) {
      directories.removeRoot();
      return;
    }
    Set<Target> left = new LinkedHashSet<>();
    addEntries(left, names);
    boolean canary = names.contains(CANARY) || names.contains("." + CANARY);
    if (left.isEmpty() && !canary && names.stream().noneMatch(Names::isWork)) {
      files.delete(note);
      files.syncDirectory(root);
    }
  }

  private Standing lookOnce(Target target) throws IOException {
    if (isObstructed()) {
      return obstructed();
    }
    Folder folder = Folder.read(files, root.resolve(directory(target)));
    return switch (planner.plan(target, folder, isDirectory(root))) {
      case Plan.Leave(String why) -> new Standing.LeftAlone(why);
      case Plan.Write write ->
          folder.file().isPresent() && write.content().equals(folder.content())
              ? new Standing.Present(write.upstreams())
              : new Standing.Absent();
    };
  }

  private void addStanding(Set<Target> found) throws IOException {
    if (isDirectory(parent())) {
      for (String name : files.list(parent())) {
        String prefix = root.getFileName() + "-";
        Names.meant(Names.NEW, name)
            .filter(meant -> meant.startsWith(prefix))
            .flatMap(meant -> Names.target(meant.substring(prefix.length())))
            .ifPresent(found::add);
      }
    }
    if (isDirectory(root)) {
      List<String> names = files.list(root);
      addEntries(found, names);
      for (String name : names) {
        Names.meant(Names.NEW, name).flatMap(Names::target).ifPresent(found::add);
        Names.meant(Names.OLD, name).flatMap(Names::target).ifPresent(found::add);
      }
      Path note = root.resolve(Names.ROOT_NOTE);
      if (found.isEmpty() && files.attributes(note).filter(Attributes::isFile).isPresent()) {
        String name = new String(files.read(note, MAX_NOTE_BYTES), StandardCharsets.UTF_8);
        Names.target(name).ifPresent(found::add);
      }
    }
  }

  private void addEntries(Set<Target> found, List<String> names) throws IOException {
    for (String name : names) {
      Optional<Target> target = Names.target(name);
      if (target.isPresent() && Folder.read(files, root.resolve(name)).hasOurs()) {
        found.add(target.get());
      }
    }
  }

  /** The directory that containerd takes for a target, or that is to be made. */
  private String directory(Target target) throws IOException {
    List<String> names = Names.directories(target);
    for (String name : names) {
      if (files.attributes(root.resolve(name)).isPresent()) {
        return name;
      }
    }
    return names.getLast();
  }

  private boolean isObstructed() throws IOException {
    return files.attributes(root).filter(found -> !found.isDirectory()).isPresent();
  }

  private Standing obstructed() {
    return new Standing.LeftAlone(root + " is not a directory: it is left as it is");
  }

  private boolean isDirectory(Path path) throws IOException {
    return files.attributes(path).filter(Attributes::isDirectory).isPresent();
  }

  private Path parent() {
    Path parent = root.getParent();
    return parent == null ? root : parent;
  }

  private Standing attempt(Attempt attempt) {
    for (int i = 0; i < MAX_ATTEMPTS; i++) {
      try {
        return attempt.make();
      } catch (ChangedException | NoSuchFileException e) {
        // Somebody else is at work: look again.
      } catch (IOException e) {
        return new Standing.Failed(root + ": " + e);
      }
    }
    return new Standing.Failed(
        root + " was changed by somebody else " + MAX_ATTEMPTS + " times in a row");
  }

  private interface Attempt {
    Standing make() throws IOException;
  }
}
