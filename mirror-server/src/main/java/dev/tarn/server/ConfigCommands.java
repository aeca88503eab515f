package dev.tarn.server;

import dev.tarn.server.config.Configuration;
import dev.tarn.server.config.ConfigurationPrinter;
import dev.tarn.server.config.InvalidConfigurationException;
import dev.tarn.server.config.ReferencedFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tarn config …}. */
@Command(
    name = "config",
    description = "Check or print the configuration.",
    mixinStandardHelpOptions = true)
final class ConfigCommands {
  private final CommandContext context;

  ConfigCommands(CommandContext context) {
    this.context = context;
  }

  @Command(
      name = "check",
      description = "Say what is wrong with a configuration, or that nothing is.",
      mixinStandardHelpOptions = true)
  int check(
      @Option(
              names = {"-c", "--config"},
              paramLabel = "FILE",
              required = true,
              description = "The configuration.")
          Path file) {
    return with(Optional.of(file), configuration -> checkFiles(file, configuration));
  }

  @Command(
      name = "print",
      description = "Print the values that apply, after defaults, file and TARN_ variables.",
      mixinStandardHelpOptions = true)
  int print(
      @Option(
              names = {"-c", "--config"},
              paramLabel = "FILE",
              description = "The configuration; without it, defaults and TARN_ variables.")
          @Nullable Path file) {
    return with(
        Optional.ofNullable(file),
        configuration -> {
          context.out().print(ConfigurationPrinter.toYaml(configuration));
          return ExitStatus.OK;
        });
  }

  private int with(Optional<Path> file, ToIntFunction<Configuration> command) {
    try {
      return command.applyAsInt(Serve.load(file, context.environment()));
    } catch (InvalidConfigurationException e) {
      return Serve.refused(file, e, context.err());
    }
  }

  private int checkFiles(Path file, Configuration configuration) {
    List<String> problems = ReferencedFiles.problems(configuration);
    problems.forEach(problem -> context.err().println("tarn: " + problem));
    if (!problems.isEmpty()) {
      return ExitStatus.CONFIGURATION;
    }
    context.out().println(file + " is valid: " + configuration.registries().size() + " registries");
    return ExitStatus.OK;
  }
}
