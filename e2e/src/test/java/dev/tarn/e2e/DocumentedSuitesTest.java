package dev.tarn.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.documentation.Documentation;
import dev.tarn.documentation.Invocation;
import dev.tarn.e2e.run.Suite;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Every call of e2e/run that the documentation shows names suites and options that there are. */
class DocumentedSuitesTest {
  private static final Set<String> FLAGS =
      Set.of("--list", "--names", "--keep", "--quick", "--hold");

  /** As a page names whichever of them. */
  private static final String ANY_SUITE = "SUITE";

  private final Set<String> suites =
      Main.suites(false, false, Map.of()).stream().map(Suite::name).collect(Collectors.toSet());

  @Test
  void everyCallThatIsShownIsUnderstood() throws IOException {
    List<Invocation> calls = Documentation.ofRepository().invocations(Invocation.SUITES);
    assertThat(calls)
        .hasSizeGreaterThan(15)
        .allSatisfy(call -> assertThat(unknown(call.arguments())).as(call.toString()).isEmpty());
  }

  @Test
  void whatIsNotUnderstoodIsFound() {
    assertThat(unknown(List.of("--quik", "chaos", "--sed", "7", "--nodes", "5", "clster")))
        .containsExactly("--quik", "--sed", "7", "clster");
  }

  private List<String> unknown(List<String> arguments) {
    return IntStream.range(0, arguments.size())
        .filter(i -> i == 0 || !Main.OPTIONS.contains(arguments.get(i - 1)))
        .mapToObj(arguments::get)
        .filter(argument -> !FLAGS.contains(argument) && !argument.startsWith("--case="))
        .filter(argument -> !argument.equals(ANY_SUITE))
        .filter(argument -> !Main.OPTIONS.contains(argument) && !suites.contains(argument))
        .toList();
  }
}
