package dev.tarn.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** {@code docs/commands.md} against the commands that there are. */
class CommandsDocumentationTest {
  private static final List<String> EVERYWHERE = List.of("--help", "--version");

  private final CommandLine tarn =
      CommandLineInterface.commandLine(
          new CommandContext(
              Map.of(),
              new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
              System.err));

  private static String page() throws IOException {
    return Files.readString(Path.of("../docs/commands.md"));
  }

  private static String section(String command) throws IOException {
    String page = page();
    int start = page.indexOf("\n## tarn " + command + "\n");
    assertThat(start).as(command).isPositive();
    int end = page.indexOf("\n## ", start + 1);
    return page.substring(start, end < 0 ? page.length() : end);
  }

  private static List<String> options(CommandSpec command) {
    List<String> options = new ArrayList<>();
    for (OptionSpec option : command.options()) {
      if (!option.hidden() && !EVERYWHERE.contains(option.longestName())) {
        options.add("`" + option.longestName() + "`");
      }
    }
    command.subcommands().values().forEach(each -> options.addAll(options(each.getCommandSpec())));
    return options;
  }

  @Test
  void everyCommandHasItsSectionWithEveryOptionAndExitStatus() throws IOException {
    for (Map.Entry<String, CommandLine> command : tarn.getSubcommands().entrySet()) {
      CommandSpec spec = command.getValue().getCommandSpec();
      if (!spec.usageMessage().hidden()) {
        String section = section(command.getKey());
        assertThat(options(spec))
            .allSatisfy(option -> assertThat(section).as(command.getKey()).contains(option));
        assertThat(section).containsPattern("(?i)exit status");
        spec.usageMessage()
            .exitCodeList()
            .keySet()
            .forEach(status -> assertThat(section).containsPattern("\\b" + status + "\\b"));
      }
    }
  }

  @Test
  void everyCommandThatIsShownIsUnderstood() throws IOException {
    List<MatchResult> shown =
        Pattern.compile(
                "(?m)^\\$ (?:kubectl .* @/opt/tarn/tool\\.args|source <\\(tarn|tarn) ([a-z][^|>#)\n]*)")
            .matcher(page())
            .results()
            .toList();
    assertThat(shown).hasSizeGreaterThan(12);
    for (MatchResult each : shown) {
      String[] arguments = each.group(1).strip().split(" +", -1);
      assertThat(tarn.parseArgs(arguments).hasSubcommand()).as(each.group()).isTrue();
    }
  }
}
