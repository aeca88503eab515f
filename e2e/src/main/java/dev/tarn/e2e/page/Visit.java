package dev.tarn.e2e.page;

import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.page.Browser.Scheme;
import dev.tarn.e2e.page.Browser.Screen;
import dev.tarn.e2e.run.CaseRun;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.openqa.selenium.Keys;

/** Somebody who comes to a node's page, and what they read there. */
final class Visit {
  /** Longer than a node may be left alone by the others after it was away. */
  static final Duration LIMIT = Duration.ofSeconds(90);

  private static final String FINE = "Fine";

  private final Browser browser;

  private Visit(Browser browser) {
    this.browser = browser;
  }

  /** Comes to the first node when all is fine. */
  static Visit whenFine(PageBench bench, CaseRun run) throws Exception {
    return whenFine(bench.member(0), run, Screen.DESKTOP, Scheme.LIGHT);
  }

  static Visit whenFine(Member member, CaseRun run, Screen screen, Scheme scheme) throws Exception {
    Browser browser =
        Browser.start(run.workspace()).screen(screen).prefers(scheme, /* lessMotion= */ false);
    browser.open(member.address());
    Visit visit = new Visit(browser);
    visit.awaitFine();
    return visit;
  }

  Browser browser() {
    return browser;
  }

  void awaitFine() throws Exception {
    await("node and cluster are fine", () -> node().equals(FINE) && cluster().equals(FINE));
  }

  /** Waits; what the page says at the end of a wait in vain is told. */
  void await(String what, Callable<Boolean> condition) throws Exception {
    try {
      browser.await(what, LIMIT, condition);
    } catch (CaseFailed inVain) {
      throw new CaseFailed(inVain.getMessage() + "\nthe page says:\n" + browser.text("body"));
    }
  }

  /** The answer about the node. */
  String node() {
    return browser.text("#verdict-text");
  }

  String nodeWhy() {
    return browser.text("#verdict-why");
  }

  /** The answer about the cluster. */
  String cluster() {
    return browser.text("#cluster-text");
  }

  String clusterWhy() {
    return browser.text("#cluster-why");
  }

  String findings() {
    return browser.text("#findings");
  }

  /** What a table says of a node or a registry, in a line. */
  String row(String table, String head) {
    return String.valueOf(
        browser.run(
            "const row = [...document.querySelectorAll('#' + arguments[0] + ' tr')]"
                + ".find(row => row.cells[0].textContent === arguments[1]);"
                + "return row ? [...row.cells].map(cell => cell.textContent).join(' | ') : '';",
            table,
            head));
  }

  /** The number of transfers to be seen. */
  int transfers() {
    return (int) browser.number("document.querySelectorAll('#transfers progress').length");
  }

  /** The progress of the transfers to be seen, in bytes. */
  double progress() {
    return browser.number(
        "[...document.querySelectorAll('#transfers progress')]"
            + ".reduce((sum, bar) => sum + bar.value, 0)");
  }

  /** Shows the token as somebody does. */
  void show(String token) {
    browser.click("#token");
    browser.type(token, Keys.ENTER);
  }
}
