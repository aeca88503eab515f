package dev.tarn.agent.files;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Where the host's file system is mounted here: {@code /etc/containerd} of the host may be {@code
 * /host/etc/containerd} for us. Symbolic links are followed as the host itself would follow them:
 * an absolute one starts again at the host's root, and none leads out of it.
 *
 * <p>The host's own directories are taken to be in the hands of its administrator: somebody who can
 * exchange a directory for a link between two system calls there is root already.
 */
public final class HostRoot {
  /** As many as Linux follows before it answers ELOOP. */
  private static final int MAX_LINKS = 40;

  /** The file system that this process sees, for use on the host itself. */
  public static final HostRoot HERE = new HostRoot(Path.of("/"));

  private final Path mount;

  public HostRoot(Path mount) {
    this.mount = mount.toAbsolutePath().normalize();
  }

  /** Whether this is the whole file system that the process sees, and not a mounted part of one. */
  public boolean isHere() {
    return mount.getNameCount() == 0;
  }

  /**
   * Where that is here, with every link followed, the last one too. What does not exist is appended
   * as it is.
   *
   * @param hostPath as the host names it; a relative one counts from the host's root
   * @throws FileSystemLoopException for more links than the host would follow
   * @throws FileSystemException for what cannot be the name of a file here
   */
  public Path resolve(String hostPath) throws IOException {
    try {
      return follow(hostPath);
    } catch (InvalidPathException e) {
      throw new FileSystemException(hostPath, null, e.getReason());
    }
  }

  private Path follow(String hostPath) throws IOException {
    Path at = mount;
    int links = 0;
    Deque<String> ahead = new ArrayDeque<>(segments(hostPath));
    while (!ahead.isEmpty()) {
      String segment = ahead.removeFirst();
      if (segment.equals(".")) {
        continue;
      }
      if (segment.equals("..")) {
        at = at.equals(mount) ? mount : parent(at);
        continue;
      }
      Path next = at.resolve(segment);
      if (!Files.isSymbolicLink(next)) {
        at = next;
        continue;
      }
      if (++links > MAX_LINKS) {
        throw new FileSystemLoopException(hostPath);
      }
      String link = Files.readSymbolicLink(next).toString();
      List<String> target = segments(link);
      for (int i = target.size() - 1; i >= 0; i--) {
        ahead.addFirst(target.get(i));
      }
      if (link.startsWith("/")) {
        at = mount;
      }
    }
    return at;
  }

  /** How the host names what is here. The path must be at or below where the host is mounted. */
  public String name(Path here) {
    Path path = here.toAbsolutePath().normalize();
    if (!path.startsWith(mount)) {
      throw new IllegalArgumentException(path + " is not below " + mount);
    }
    return "/" + mount.relativize(path);
  }

  /** Whether it is there, links followed. What cannot be looked at is not. */
  public boolean exists(String hostPath) {
    try {
      return Files.exists(resolve(hostPath), LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      return false;
    }
  }

  private Path parent(Path path) {
    Path parent = path.getParent();
    return parent == null ? mount : parent;
  }

  private static List<String> segments(String path) {
    List<String> segments = new ArrayList<>();
    int from = 0;
    while (from <= path.length()) {
      int slash = path.indexOf('/', from);
      int to = slash < 0 ? path.length() : slash;
      if (to > from) {
        segments.add(path.substring(from, to));
      }
      from = to + 1;
    }
    return segments;
  }

  @Override
  public String toString() {
    return mount.toString();
  }
}
