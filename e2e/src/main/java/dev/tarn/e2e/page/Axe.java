package dev.tarn.e2e.page;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** axe-core, which finds what WCAG 2.2 A and AA rules out and a program can see. */
final class Axe {
  private static final String RUN =
      """
      const done = arguments[0];
      axe.run(document, {
        resultTypes: ['violations', 'incomplete'],
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      }).then(
        found => done([...found.violations, ...found.incomplete].map(rule =>
          rule.id + ': ' + rule.help + ': '
            + rule.nodes.map(node => node.target + ' ' + node.failureSummary).join(', ')).join('\\n')),
        failed => done('axe failed: ' + failed));
      """;

  private final String script;

  private Axe(String script) {
    this.script = script;
  }

  static Axe load() throws IOException {
    try (InputStream in = Axe.class.getResourceAsStream("/axe.min.js")) {
      return new Axe(
          new String(
              Objects.requireNonNull(in, "axe.min.js").readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  /** Whether it finds what is wrong by intention, in this browser and by the page's colours. */
  boolean isAwake(Browser browser) {
    var _ =
        browser.run(
            """
            const pale = document.createElement('p');
            pale.id = 'pale';
            pale.textContent = 'hardly to be read';
            pale.style.color = getComputedStyle(document.body).backgroundColor;
            document.querySelector('main').append(pale);
            """);
    String complaints = complaints(browser);
    var _ = browser.run("document.getElementById('pale').remove()");
    return complaints.contains("color-contrast") && complaints.contains("#pale");
  }

  /** What is wrong with the page, or cannot be told; empty where nothing is. */
  String complaints(Browser browser) {
    var _ = browser.run(script);
    return String.valueOf(browser.runAsync(RUN));
  }
}
