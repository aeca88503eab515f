package dev.tarn.agent.tree;

import dev.tarn.agent.hosts.Target;
import dev.tarn.core.name.RegistryHost;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** What is called how under a root. */
final class Names {
  static final String HOSTS = "hosts.toml";

  /**
   * Beside a {@code hosts.toml} of ours: what stood there before. No name that containerd reads.
   */
  static final String NOTE = ".hosts.toml.tarn";

  /** In a root that we made: that we did. */
  static final String ROOT_NOTE = ".tarn-root";

  /** A file that is being written, or removed. */
  static final String DRAFT = ".tarn-tmp-";

  /** A directory that is being prepared; with an id, a dash and what it is to be called. */
  static final String NEW = ".tarn-new-";

  /** A directory that is being removed; with an id, a dash and what it was called. */
  static final String OLD = ".tarn-old-";

  private static final String OURS = ".tarn-";

  /** For all that have no directory of their own. */
  static final String DEFAULT = "_default";

  private static final int ID_DIGITS = 16;

  private final RandomGenerator random;

  Names(RandomGenerator random) {
    this.random = random;
  }

  String draft() {
    return DRAFT + id();
  }

  String prepared(String name) {
    return NEW + id() + "-" + name;
  }

  String goingAway(String name) {
    return OLD + id() + "-" + name;
  }

  private String id() {
    return HexFormat.of().toHexDigits(random.nextLong());
  }

  /** What a directory is to be called, or was. */
  static Optional<String> meant(String prefix, String name) {
    int dash = prefix.length() + ID_DIGITS;
    return name.startsWith(prefix) && name.length() > dash + 1 && name.charAt(dash) == '-'
        ? Optional.of(name.substring(dash + 1))
        : Optional.empty();
  }

  static boolean isForeign(String name) {
    return !name.equals(HOSTS) && !name.equals(NOTE) && !name.startsWith(OURS);
  }

  static boolean isWork(String name) {
    return name.startsWith(DRAFT) || name.startsWith(NEW) || name.startsWith(OLD);
  }

  /**
   * The directories in which containerd looks, in its order. It takes the first that is there, and
   * so do we. Where none is, the last is made: it is the name that containerd's documentation uses,
   * and every version reads it; and if somebody makes the other one later, that one counts and not
   * ours, whereas the first would hide what an operator puts into the second.
   */
  static List<String> directories(Target target) {
    return switch (target) {
      case Target.OfAllOthers _ -> List.of(DEFAULT);
      case Target.OfRegistry(RegistryHost registry) -> {
        String host = registry.value();
        int colon = host.lastIndexOf(':');
        yield colon <= 0
            ? List.of(host)
            : List.of(host.substring(0, colon) + "_" + host.substring(colon + 1) + "_", host);
      }
    };
  }

  /** What a directory is for; empty where its name is no registry's. */
  static Optional<Target> target(String name) {
    if (name.equals(DEFAULT)) {
      return Optional.of(new Target.OfAllOthers());
    }
    String host = name;
    int port = name.lastIndexOf('_', name.length() - 2);
    if (name.endsWith("_") && port > 0) {
      host = name.substring(0, port) + ":" + name.substring(port + 1, name.length() - 1);
    }
    return RegistryHost.parse(host)
        .<Target>map(Target.OfRegistry::new)
        .filter(target -> directories(target).contains(name));
  }
}
