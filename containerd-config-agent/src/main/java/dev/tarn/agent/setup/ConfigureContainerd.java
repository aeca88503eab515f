package dev.tarn.agent.setup;

import dev.tarn.agent.containerd.Layout;
import dev.tarn.agent.cri.Cri;
import dev.tarn.agent.files.HostRoot;
import dev.tarn.agent.setup.Journal.Entry;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code containerd-config-agent configure-containerd}. */
@Command(
    name = "configure-containerd",
    description = {
      "Makes containerd read hosts.toml: sets config_path to one directory where it is not set, or"
          + " is set so that containerd ignores it; tries the change on a copy with the host's own"
          + " containerd first, keeps a backup, restarts containerd once, and takes it all back if"
          + " containerd does not come back.",
      "",
      "Run it as root on the host, or in a privileged container with the host's process namespace."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:config_path is as it should be.",
      "1:It is not, and nothing was done (also with --print); why is on standard output.",
      "2:The command line was not understood.",
      "3:The change was taken back; standard output says whether containerd is well."
    },
    mixinStandardHelpOptions = true)
public final class ConfigureContainerd implements Callable<Integer> {
  private static final String DEFAULT_CONFIG = Layout.DEFAULT_CONFIG;
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);
  private static final int AS_IT_SHOULD_BE = 0;
  private static final int NOT_DONE = 1;
  private static final int TAKEN_BACK = 3;

  @SuppressWarnings("NullAway.Init") // picocli sets it.
  @Spec
  private CommandSpec spec;

  @Option(names = "--print", description = "only show the change and the commands")
  private boolean print;

  @Option(
      names = "--again",
      description = "try again what was done or tried before for this very configuration")
  private boolean again;

  @Option(
      names = "--stay",
      description = "do not end afterwards: for a DaemonSet, which would start it again")
  private boolean stay;

  @Option(
      names = "--root",
      paramLabel = "DIRECTORY",
      description =
          "what config_path becomes (the first directory that it names, else "
              + Planner.DEFAULT_ROOT
              + ")")
  private @Nullable String root;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "containerd's configuration (the one that its unit names, else " + DEFAULT_CONFIG + ")")
  private @Nullable String config;

  @Option(
      names = "--containerd",
      paramLabel = "FILE",
      description = "containerd itself (the one that its unit starts)")
  private @Nullable String program;

  @Option(
      names = "--socket",
      paramLabel = "FILE",
      description = "its socket (the one that its configuration names)")
  private @Nullable String socket;

  @SuppressWarnings("NullAway.Init") // picocli sets it.
  @Option(
      names = "--unit",
      paramLabel = "NAME",
      defaultValue = "containerd.service",
      description = "its unit of systemd (${DEFAULT-VALUE})")
  private String unitName;

  @SuppressWarnings("NullAway.Init") // picocli sets it.
  @Option(
      names = "--state",
      paramLabel = "DIRECTORY",
      defaultValue = "/var/lib/tarn/configure-containerd",
      description = "where the host keeps backups and records (${DEFAULT-VALUE})")
  private String state;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "60",
      description = "how long containerd may take to come back (${DEFAULT-VALUE})")
  private int seconds;

  @Option(
      names = "--settle-seconds",
      paramLabel = "N",
      defaultValue = "10",
      description = "how long it must then stay (${DEFAULT-VALUE})")
  private int settleSeconds;

  @Option(
      names = "--host-pid",
      paramLabel = "PID",
      defaultValue = "1",
      description = "a process in the host's mount namespace (${DEFAULT-VALUE})")
  private long hostPid;

  @Option(names = "--here", description = "this is the host: enter no namespace")
  private boolean here;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    int status;
    try {
      status = run(out);
    } catch (IOException e) {
      out.println("stopped: " + e + "\n  run this again: it goes on where it was");
      out.flush();
      return NOT_DONE;
    }
    out.flush();
    if (stay) {
      waitForTheEnd();
    }
    return status;
  }

  private int run(PrintWriter out) throws IOException {
    HostRoot host = HostRoot.HERE;
    List<String> prefix = List.of();
    HostNamespace namespace = new HostNamespace(hostPid, ownPrograms());
    if (!here && !namespace.isHere()) {
      Optional<List<String>> found = namespace.isVisible() ? namespace.prefix() : Optional.empty();
      if (found.isEmpty()) {
        out.println(
            "refused: the host cannot be entered by way of process "
                + hostPid
                + "\n"
                + "  run this privileged, with hostPID, or with --here on the host itself");
        return NOT_DONE;
      }
      prefix = found.get();
      host = namespace.root();
    }
    return run(out, host, new Processes(prefix));
  }

  int run(PrintWriter out, HostRoot host, HostCommands commands) throws IOException {
    HostFiles files = new HostFiles(host);
    Unit unit = new Unit(commands, unitName);
    Unit.Start start = unit.start();
    String main = config != null ? config : start.config().orElse(DEFAULT_CONFIG);
    if (start.config().isPresent() && !start.config().get().equals(main)) {
      out.println(
          "refused: "
              + unitName
              + " starts containerd with "
              + start.config().get()
              + "\n"
              + "  give that as --config, or another --unit");
      return NOT_DONE;
    }
    String containerd = program != null ? program : start.program().orElse("containerd");
    Planner planner =
        new Planner(
            commands,
            files,
            new SecureRandom(),
            containerd,
            main,
            Optional.ofNullable(root),
            Layout.recognise(host).flatMap(Layout::how));
    Journal journal = new Journal(files, state);
    if (print) {
      return show(out, planner.plan(), journal, unit);
    }
    Optional<Journal.Lock> lock = journal.lock();
    if (lock.isEmpty()) {
      out.println("refused: somebody else is at it");
      return NOT_DONE;
    }
    Journal.Lock held = lock.get();
    try {
      return change(out, planner, procedure(files, journal, unit, planner), journal);
    } finally {
      held.close();
    }
  }

  private Procedure procedure(HostFiles files, Journal journal, Unit unit, Planner planner)
      throws IOException {
    String address =
        socket != null ? socket : planner.now().map(Dump::socket).orElse(Layout.DEFAULT_SOCKET);
    Cri cri = new Cri(files.here(address));
    Health health =
        new Health(
            unit,
            () -> cri.version(ANSWER_LIMIT).isPresent(),
            System::nanoTime,
            Thread::sleep,
            Duration.ofSeconds(seconds),
            Duration.ofSeconds(settleSeconds));
    return new Procedure(files, journal, unit, health, planner::dump);
  }

  private int change(PrintWriter out, Planner planner, Procedure procedure, Journal journal)
      throws IOException {
    for (Entry unfinished : journal.unfinished()) {
      Optional<Procedure.Result> ended = procedure.resume(unfinished);
      if (ended.isPresent()) {
        return tell(out, ended.get());
      }
    }
    return switch (planner.plan()) {
      case Plan.Nothing(String why) -> {
        out.println("nothing to do: " + why);
        yield AS_IT_SHOULD_BE;
      }
      case Plan.Refused refused -> tell(out, refused);
      case Plan.Change change -> tell(out, procedure.make(change, again));
    };
  }

  private static int show(PrintWriter out, Plan plan, Journal journal, Unit unit) {
    return switch (plan) {
      case Plan.Nothing(String why) -> {
        out.println("nothing to do: " + why);
        yield AS_IT_SHOULD_BE;
      }
      case Plan.Refused refused -> tell(out, refused);
      case Plan.Change change -> {
        out.println(change.why() + "; tried on a copy with the host's containerd:\n");
        out.println(Difference.of(change));
        if (change.before().isPresent()) {
          out.println("mkdir -p " + journal.directory());
          out.println("cp -p " + change.path() + " " + journal.backup(change.key()));
        }
        out.println(String.join(" ", unit.restartCommand()));
        yield NOT_DONE;
      }
    };
  }

  private static int tell(PrintWriter out, Plan.Refused refused) {
    out.println("refused: " + refused.why() + "\n  " + refused.fix());
    return NOT_DONE;
  }

  private static int tell(PrintWriter out, Procedure.Result result) {
    return switch (result) {
      case Procedure.Result.Done(String path) -> {
        out.println("done: " + path + " is changed, and containerd runs with it");
        yield AS_IT_SHOULD_BE;
      }
      case Procedure.Result.Declined(String why) -> {
        out.println("refused: " + why + "\n  --again tries it nevertheless");
        yield NOT_DONE;
      }
      case Procedure.Result.TakenBack(String why, boolean isWell) -> {
        out.println(
            "taken back: " + why + "\n  containerd " + (isWell ? "is well" : "IS NOT WELL"));
        yield TAKEN_BACK;
      }
    };
  }

  private static List<Path> ownPrograms() {
    List<Path> directories = new ArrayList<>();
    String path = System.getenv("PATH");
    for (String each : (path == null ? "" : path).split(File.pathSeparator, -1)) {
      if (each.startsWith("/")) {
        directories.add(Path.of(each));
      }
    }
    return directories;
  }

  private static void waitForTheEnd() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
