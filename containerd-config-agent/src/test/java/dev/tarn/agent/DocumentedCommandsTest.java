package dev.tarn.agent;

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
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Every call of the agent that the documentation shows is understood. Nothing is run. */
class DocumentedCommandsTest {
  private final PrintStream nowhere =
      new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
  private final CommandLine commands = Commands.commandLine(nowhere, nowhere);

  @Test
  void everyCallThatIsShownIsUnderstood() throws IOException {
    List<Invocation> calls = Documentation.ofRepository().invocations(Invocation.AGENT);
    for (Invocation call : calls) {
      assertThatCode(() -> parse(call)).as(call.toString()).doesNotThrowAnyException();
    }
    assertThat(calls).hasSizeGreaterThan(10);
  }

  @Test
  void whatIsNotUnderstoodIsFound() {
    for (List<String> wrong :
        List.of(
            List.of("inspct"),
            List.of("uninstall", "--sty"),
            List.of("uninstall", "--seconds", "many"))) {
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
