package dev.tarn.agent.inspect;

import dev.tarn.agent.config.LoopbackAddress;
import dev.tarn.agent.containerd.BinaryVersion;
import dev.tarn.agent.containerd.ContainerdVersion;
import dev.tarn.agent.containerd.Finder;
import dev.tarn.agent.containerd.Findings;
import dev.tarn.agent.containerd.Hints;
import dev.tarn.agent.containerd.Layout;
import dev.tarn.agent.files.HostRoot;
import dev.tarn.agent.hosts.Target;
import dev.tarn.core.name.RegistryHost;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code containerd-config-agent inspect}. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description = {
      "Says how containerd is configured on this node, where entries would be written, and whether"
          + " they take effect. Changes nothing.",
      "Exit status: 0 they do, 1 they do not, 2 bad usage, 3 that cannot be told, 4 they do, but an"
          + " entry that was asked for is left alone or could not be read."
    })
public final class Inspect implements Callable<Integer> {
  private enum Output {
    text,
    json
  }

  @Option(
      names = "--host",
      paramLabel = "DIRECTORY",
      defaultValue = "/",
      description = "where the host's file system is mounted here (default: ${DEFAULT-VALUE})")
  private Path host = Path.of("/");

  @Option(
      names = "--containerd-config",
      paramLabel = "FILE",
      description = "containerd's configuration, as the host names it (default: looked for)")
  private @Nullable String config;

  @Option(
      names = "--distribution",
      paramLabel = "NAME",
      description =
          "k3s, rke2, k0s, talos, bottlerocket, kind, minikube, eks, aks, gke, kubeadm or plain"
              + " (default: by what is on the host)")
  private @Nullable String distribution;

  @Option(
      names = "--containerd-version",
      paramLabel = "VERSION",
      description = "such as 2.1.4 (default: asked of the host's containerd, where it matters)")
  private @Nullable String version;

  @Option(
      names = "--root",
      paramLabel = "DIRECTORY",
      description =
          "look at entries in this directory, as the host names it (default: those of"
              + " config_path)")
  private @Nullable String root;

  @Option(
      names = "--mirror",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:5050",
      description = "the mirror's registry endpoint (default: ${DEFAULT-VALUE})")
  private URI mirror = URI.create("http://127.0.0.1:5050");

  @Option(
      names = "--agent",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1:5053",
      description =
          "where an agent that runs here listens, whose word is asked for; \"\" for nobody"
              + " (default: ${DEFAULT-VALUE})")
  private String agent = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "text or json (default: ${DEFAULT-VALUE})")
  private Output output = Output.text;

  @Parameters(
      arity = "0..*",
      paramLabel = "REGISTRY",
      description = "such as docker.io; _default for all that have no entry of their own")
  private List<String> registries = List.of();

  @Spec private @Nullable CommandSpec spec;

  private final Inspector.Trees trees;

  /** With how entries are looked at. */
  public Inspect(Inspector.Trees trees) {
    this.trees = trees;
  }

  @Override
  public Integer call() {
    HostRoot hostRoot = new HostRoot(host);
    Hints hints =
        new Hints(
            Optional.ofNullable(config).map(path -> absolute("--containerd-config", path)),
            Optional.ofNullable(distribution).map(this::layout),
            Optional.ofNullable(version).map(this::release),
            Optional.empty());
    List<Target> targets = targets();
    Optional<String> chosen = Optional.ofNullable(root).map(path -> absolute("--root", path));
    Findings findings = new Finder(hostRoot, new BinaryVersion(hostRoot)::of).find(hints);
    Inspection inspection =
        new Inspector(hostRoot, trees).inspect(findings, mirror, chosen, word(), targets);
    PrintWriter out = command().commandLine().getOut();
    out.print(
        switch (output) {
          case text -> TextReport.of(inspection);
          case json -> JsonReport.of(inspection);
        });
    out.flush();
    return inspection.outcome().exitStatus();
  }

  private Optional<AgentsWord> word() {
    if (agent.isEmpty()) {
      return Optional.empty();
    }
    LoopbackAddress address =
        LoopbackAddress.parse(agent)
            .orElseThrow(() -> bad("--agent: not a loopback address and a port: " + agent));
    return AgentsWord.ask(address.toSocketAddress());
  }

  private String absolute(String option, String path) {
    if (!path.startsWith("/")) {
      throw bad(option + " must be an absolute path, as the host names it: " + path);
    }
    return path;
  }

  private Layout layout(String name) {
    return Layout.named(name).orElseThrow(() -> bad("--distribution: there is none named " + name));
  }

  private ContainerdVersion release(String text) {
    return ContainerdVersion.parse(text)
        .orElseThrow(() -> bad("--containerd-version: not a version such as 2.1.4: " + text));
  }

  private List<Target> targets() {
    List<Target> targets = new ArrayList<>();
    for (String name : registries) {
      targets.add(
          name.equals(Inspection.ALL_OTHERS)
              ? new Target.OfAllOthers()
              : new Target.OfRegistry(
                  RegistryHost.parse(name)
                      .orElseThrow(() -> bad("not a registry such as docker.io: " + name))));
    }
    return targets;
  }

  private ParameterException bad(String message) {
    return new ParameterException(command().commandLine(), message);
  }

  private CommandSpec command() {
    CommandSpec given = spec;
    if (given == null) {
      throw new IllegalStateException("picocli sets it before it calls");
    }
    return given;
  }
}
