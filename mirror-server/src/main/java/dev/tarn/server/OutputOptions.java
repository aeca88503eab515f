package dev.tarn.server;

import picocli.CommandLine.Option;

/** How an answer of the API is shown; picocli fills it in. */
final class OutputOptions {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = {
        "One of ${COMPLETION-CANDIDATES}; by default ${DEFAULT-VALUE}. With json the answer of the",
        "API as it is: docs/api.md."
      })
  private OutputFormat format = OutputFormat.TEXT;

  OutputFormat format() {
    return format;
  }
}
