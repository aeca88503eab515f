package dev.tarn.agent.tree;

import dev.tarn.agent.files.HostFiles;
import dev.tarn.agent.hosts.CertificateFiles;
import dev.tarn.agent.hosts.Chain;
import dev.tarn.agent.hosts.Entry;
import dev.tarn.agent.hosts.HostsToml;
import dev.tarn.agent.hosts.Made;
import dev.tarn.agent.hosts.Note;
import dev.tarn.agent.hosts.Origin;
import dev.tarn.agent.hosts.Put;
import dev.tarn.agent.hosts.Taken;
import dev.tarn.agent.hosts.Target;
import dev.tarn.agent.hosts.UpstreamHost;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Decides what is to stand in a registry's directory, by what does. Only reads. */
final class Planner {
  private static final int MAX_CERTIFICATE_BYTES = 1 << 20;
  private static final byte[] NOTHING = {};

  private final HostFiles files;
  private final Path root;
  private final String mirror;
  private final UnaryOperator<Path> seen;

  Planner(HostFiles files, Path root, String mirror, UnaryOperator<Path> seen) {
    this.files = files;
    this.root = root;
    this.mirror = mirror;
    this.seen = seen;
  }

  /** Our entry for a directory with these contents. */
  Entry entry(Target target, Folder folder) {
    return new Entry(target, mirror, folder.certificates());
  }

  Taken take(Target target, Folder folder) {
    return HostsToml.take(folder.content(), entry(target, folder), folder.note());
  }

  Plan plan(Target target, Folder folder, boolean rootThere) throws IOException {
    if (!folder.obstacle().isEmpty()) {
      return new Plan.Leave(folder.obstacle());
    }
    return switch (take(target, folder)) {
      case Taken.Stuck(String why) -> new Plan.Leave(folder.hosts() + ": " + why);
      case Taken.Rest rest -> plan(target, folder, rest, rootThere);
    };
  }

  private Plan plan(Target target, Folder folder, Taken.Rest rest, boolean rootThere)
      throws IOException {
    Entry entry = entry(target, folder);
    if (rest.byHand()) {
      return new Plan.Leave(folder.hosts() + ": " + HostsToml.byHand(entry));
    }
    byte[] others = isOursAlone(folder, rest) ? NOTHING : rest.bytes();
    String obstacle = obstacle(target, folder, others);
    if (!obstacle.isEmpty()) {
      return new Plan.Leave(obstacle);
    }
    return switch (HostsToml.chain(others, entry, certificates(folder))) {
      case Chain.Opaque(String why) -> new Plan.Leave(folder.hosts() + ": " + why);
      case Chain.Known(List<UpstreamHost> upstreams) -> {
        Note note = note(folder, rest, others, rootThere);
        Origin otherwise = Origin.of(others, note.original().isPresent(), note.made());
        yield switch (HostsToml.put(others, entry, HostsToml.origin(rest, otherwise))) {
          case Put.Refused(String why) -> new Plan.Leave(folder.hosts() + ": " + why);
          case Put.Written(byte[] content) -> new Plan.Write(content, note, upstreams);
        };
      }
    };
  }

  /** Whether the file was made by us, and nobody else has put anything into it. */
  static boolean isOursAlone(Folder folder, Taken.Rest rest) {
    return rest.nothing() && (folder.file().isEmpty() || (rest.ours() && !hadOriginal(folder, rest)));
  }

  private static boolean hadOriginal(Folder folder, Taken.Rest rest) {
    return rest.marker()
        .map(marker -> Origin.of(marker).original())
        .orElseGet(() -> folder.note().map(note -> note.original().isPresent()).orElse(true));
  }

  /** Which directories we made, by whatever still says so. */
  static Made made(Folder folder, Taken.Rest rest) {
    Made marked = rest.marker().map(marker -> Origin.of(marker).made()).orElse(Made.NOTHING);
    Made noted = folder.note().map(Note::made).orElse(Made.NOTHING);
    return new Made(marked.directory() || noted.directory(), marked.root() || noted.root());
  }

  private static boolean isOurDirectory(Folder folder, Made made) {
    return !folder.there() || (made.directory() && !folder.hasForeignFiles());
  }

  private Note note(Folder folder, Taken.Rest rest, byte[] others, boolean rootThere) {
    if (!folder.there()) {
      return new Note(Optional.empty(), new Made(true, !rootThere), mirror);
    }
    Made made = made(folder, rest);
    if (rest.ours() && folder.note().isPresent()) {
      return new Note(folder.note().get().original(), made, mirror);
    }
    boolean original = rest.ours() ? hadOriginal(folder, rest) : folder.file().isPresent();
    return new Note(original ? Optional.of(others) : Optional.empty(), made, mirror);
  }

  /** Why no {@code hosts.toml} of ours may stand there; empty where it may. */
  private String obstacle(Target target, Folder folder, byte[] others) throws IOException {
    boolean alone = others.length == 0;
    if (alone || !HostsToml.hasHosts(others)) {
      String certificates = alone ? besideOurs(folder) : besideTheirs(folder);
      if (!certificates.isEmpty()) {
        return certificates;
      }
    }
    if (alone && target instanceof Target.OfRegistry) {
      return inDefault(target, folder);
    }
    return "";
  }

  private static String besideOurs(Folder folder) {
    if (folder.hasClientCertificates()) {
      return folder.path()
          + " holds client certificates, with which containerd would ask the registry and the"
          + " mirror cannot";
    }
    for (String name : folder.certificates()) {
      if (!HostsToml.isPlainName(name)) {
        return folder.path() + " holds a certificate with an unusual name";
      }
    }
    return "";
  }

  private static String besideTheirs(Folder folder) {
    return folder.certificates().isEmpty() && !folder.hasClientCertificates()
        ? ""
        : folder.path()
            + " holds certificates beside a hosts.toml without hosts: some versions of containerd"
            + " use the one, some the other";
  }

  /** A directory that we make hides {@code _default} from this registry. */
  private String inDefault(Target target, Folder folder) throws IOException {
    Target all = new Target.OfAllOthers();
    Made made = take(target, folder) instanceof Taken.Rest rest ? made(folder, rest) : Made.NOTHING;
    if (!isOurDirectory(folder, made)) {
      return "";
    }
    Folder common = Folder.read(files, root.resolve(Names.directories(all).getFirst()));
    boolean says =
        !common.certificates().isEmpty()
            || common.hasClientCertificates()
            || !common.obstacle().isEmpty()
            || !(take(all, common) instanceof Taken.Rest rest)
            || rest.byHand()
            || (!isOursAlone(common, rest) && HostsToml.namesSomebody(rest.bytes()));
    return says
        ? common.path()
            + " says where this registry is pulled from, and would no longer be asked if it had a"
            + " directory of its own: make one for it, with what is to be asked for it"
        : "";
  }

  private CertificateFiles certificates(Folder folder) {
    return name -> {
      try {
        Path named = Path.of(name);
        Path file = named.isAbsolute() ? seen.apply(named) : folder.path().resolve(named);
        return files.read(file, MAX_CERTIFICATE_BYTES);
      } catch (InvalidPathException e) {
        throw new IOException("not the name of a file", e);
      }
    };
  }
}
