package dev.tarn.e2e.page;

import dev.tarn.e2e.page.Browser.Loaded;
import dev.tarn.e2e.page.Browser.Scheme;
import dev.tarn.e2e.page.Browser.Screen;
import dev.tarn.e2e.run.CaseRun;
import java.util.List;

/** What somebody gets who opens the page. */
final class FirstLookCases {
  private static final int MAX_PAGE_BYTES = 40 * 1024;

  /**
   * Of what is read, the answers are the largest, stand first, and are in the screen's upper half.
   */
  private static final String ANSWERS_FIRST =
      """
      const answers = ['verdict-text', 'cluster-text'].map(id => document.getElementById(id));
      const size = element => parseFloat(getComputedStyle(element).fontSize);
      const others = [...document.querySelectorAll('body *')]
        .filter(e => !answers.includes(e) && e.textContent.trim() && e.checkVisibility());
      const wrong = answers.flatMap(answer => [
        ...others.filter(other => size(other) >= size(answer)).map(other => other.outerHTML),
        ...(answer.getBoundingClientRect().bottom > innerHeight / 2 ? [answer.id + ' is low'] : []),
      ]);
      const first = document.querySelector('main').innerText.split('\\n').filter(line => line);
      const expected = ['Is it fine?', 'This node', answers[0].innerText];
      if (expected.some((line, i) => line !== first[i])) wrong.push(first.slice(0, 3));
      return wrong.join('; ');
      """;

  private FirstLookCases() {}

  static void answersFirst(PageBench bench, CaseRun run) throws Exception {
    Visit visit = Visit.whenFine(bench, run);
    Browser browser = visit.browser();

    run.check(browser.title().equals("Fine – Tarn"), "the title is " + browser.title());
    for (Screen screen : Screen.values()) {
      browser.screen(screen);
      String wrong = String.valueOf(browser.run(ANSWERS_FIRST));
      run.check(wrong.isEmpty(), "on " + screen + " is not behind the answer: " + wrong);
    }
    run.check(visit.findings().isEmpty(), "all is fine, and yet: " + visit.findings());
    String row = visit.row("nodes", "node-3");
    run.check(row.startsWith("node-3 | zone-b | Fine | "), "of node-3 it says " + row);
    browser.screen(Screen.DESKTOP);
    bench.screenshots().take(browser, "status-idle");
  }

  static void onItsOwn(PageBench bench, CaseRun run) throws Exception {
    Visit visit = Visit.whenFine(bench, run);
    Browser browser = visit.browser();

    List<Loaded> all = browser.loaded();
    String here = bench.member(0).address().toString();
    List<Loaded> elsewhere = all.stream().filter(one -> !isHere(one, here)).toList();
    run.check(elsewhere.isEmpty(), "it asked elsewhere: " + elsewhere);
    long bytes =
        all.stream().filter(one -> !one.url().contains("/api/")).mapToLong(Loaded::bytes).sum();
    run.figure("page_bytes", bytes);
    run.checkBetween("bytes of the page", 1, MAX_PAGE_BYTES, bytes);
    List<String> console = browser.console();
    run.check(console.isEmpty(), "on the console: " + console);
    run.check(browser.violations().isEmpty(), "against its policy: " + browser.violations());
  }

  /** A browser asks for pages of its own, too. */
  private static boolean isHere(Loaded one, String here) {
    return one.url().startsWith(here) || one.url().startsWith("data:,");
  }

  /** Whatever found its way into the page, it runs nothing and reaches nobody. */
  static void keepsToItself(PageBench bench, CaseRun run) throws Exception {
    Visit visit = Visit.whenFine(bench, run);
    Browser browser = visit.browser();
    var _ = browser.loaded();
    String other = bench.member(1).address().toString();
    long before = bench.member(1).page().traffic().requests();

    var _ =
        browser.run(
            """
            const script = document.createElement('script');
            script.textContent = 'window.ran = true';
            const image = document.createElement('img');
            image.src = arguments[0] + 'icon.svg';
            const frame = document.createElement('iframe');
            frame.src = arguments[0];
            document.body.append(script, image, frame);
            fetch(arguments[0] + 'api/v1/status').catch(() => { window.refused = true; });
            """,
            other);

    visit.await("a request to elsewhere is refused", () -> browser.holds("window.refused"));
    visit.await(
        "all four are against the policy",
        () ->
            List.of("script-src", "img-src", "frame-src", "connect-src").stream()
                .allMatch(browser.violations()::contains));
    run.check(!browser.holds("window.ran === true"), "a script ran that was put into the page");
    run.checkEquals(
        "what the other node was asked", before, bench.member(1).page().traffic().requests());
  }

  static void phone(PageBench bench, CaseRun run) throws Exception {
    Visit visit = Visit.whenFine(bench.member(0), run, Screen.PHONE, Scheme.LIGHT);
    Browser browser = visit.browser();
    bench.screenshots().take(browser, "status-phone");
    visit.show(PageBench.TOKEN);
    visit.await("names of images", () -> browser.text("#images").contains(PageBench.HELD));

    for (Screen screen : List.of(Screen.PHONE, Screen.NARROW)) {
      browser.screen(screen);
      String wide =
          String.valueOf(
              browser.run(
                  """
                  const width = document.documentElement.clientWidth;
                  return [...document.querySelectorAll('body, body *')]
                    .filter(e => e.checkVisibility() && !e.closest('.unseen, thead')
                      && (e.getBoundingClientRect().right > width + 1 || e.scrollWidth > width))
                    .map(e => e.tagName + '#' + e.id + ' ' + e.textContent.slice(0, 40)).join('; ');
                  """));
      run.check(wide.isEmpty(), screen + " has to scroll sideways for: " + wide);
      run.check(
          browser.holds("document.scrollingElement.scrollWidth <= innerWidth"),
          screen + " scrolls sideways");
    }
  }

  static void dark(PageBench bench, CaseRun run) throws Exception {
    Visit visit = Visit.whenFine(bench.member(0), run, Screen.DESKTOP, Scheme.DARK);
    Browser browser = visit.browser();
    double dark = brightness(browser);
    bench.screenshots().take(browser, "status-dark");

    browser.prefers(Scheme.LIGHT, /* lessMotion= */ false);

    double light = brightness(browser);
    run.check(dark < 64 && light > 192, "dark is " + dark + ", light is " + light);
  }

  /** Of the background, from 0 to 255. */
  private static double brightness(Browser browser) {
    return browser.number(
        "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3)"
            + ".reduce((sum, part) => sum + Number(part), 0) / 3");
  }
}
