package dev.tarn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.documentation.Documentation;
import dev.tarn.documentation.Invocation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Every call of {@code tarn} that the documentation shows is understood. Nothing is run. */
class DocumentedCommandsTest {
  private final PrintStream nowhere =
      new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
  private final CommandLine commands =
      CommandLineInterface.commandLine(new CommandContext(Map.of(), nowhere, nowhere));

  @Test
  void everyCallThatIsShownIsUnderstood() throws IOException {
    List<Invocation> calls = Documentation.ofRepository().invocations(Invocation.SERVER);
    for (Invocation call : calls) {
      assertThatCode(() -> parse(call)).as(call.toString()).doesNotThrowAnyException();
    }
    assertThat(calls).hasSizeGreaterThan(15);
  }

  @Test
  void whatIsNotUnderstoodIsFound() {
    for (List<String> wrong :
        List.of(
            List.of("srve"),
            List.of("serve", "--confg", "tarn.yaml"),
            List.of("prepare-cache", "/var/lib/tarn"),
            List.of("invalidate", "a", "b"))) {
      assertThatThrownBy(() -> parse(wrong))
          .as(wrong.toString())
          .isInstanceOf(ParameterException.class);
    }
  }

  private void parse(Invocation call) {
    try {
      parse(call.arguments());
    } catch (MissingParameterException missing) {
      if (call.isTyped()) {
        throw missing;
      }
    }
  }

  private void parse(List<String> arguments) {
    ParseResult parsed = commands.parseArgs(arguments.toArray(String[]::new));
    assertThat(parsed.hasSubcommand() || parsed.isVersionHelpRequested()).isTrue();
  }
}
