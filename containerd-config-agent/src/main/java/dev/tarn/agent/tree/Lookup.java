package dev.tarn.agent.tree;

import dev.tarn.agent.hosts.Target;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/** Where containerd looks for a target, and so where its entry has to be. */
public final class Lookup {
  private Lookup() {}

  /**
   * The first of several roots that has a directory for a target, or one for all, since containerd
   * looks no further; where none has, the first.
   *
   * @param roots at least one, as the host names them
   * @param here where this process sees one
   */
  public static String root(List<String> roots, Target target, Function<String, Path> here) {
    if (roots.size() > 1) {
      for (String root : roots) {
        if (isLookedUp(here.apply(root), target)) {
          return root;
        }
      }
    }
    return roots.getFirst();
  }

  private static boolean isLookedUp(Path root, Target target) {
    for (String name : Names.directories(target)) {
      if (exists(root.resolve(name))) {
        return true;
      }
    }
    return exists(root.resolve(Names.DEFAULT));
  }

  /** What a target's directory under a root is called, or would be. */
  public static String directory(Path root, Target target) {
    List<String> names = Names.directories(target);
    for (String name : names) {
      if (exists(root.resolve(name))) {
        return name;
      }
    }
    return names.getLast();
  }

  private static boolean exists(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }
}
