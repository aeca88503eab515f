package dev.tarn.e2e.page;

import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.page.Browser.Scheme;
import dev.tarn.e2e.page.Browser.Screen;
import dev.tarn.e2e.run.CaseRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.openqa.selenium.Keys;

/** The page for those who use it otherwise than by looking and clicking. */
final class ReachCases {
  private static final int MANY = 50;

  /** What has the focus, and how it is seen that it has. */
  private static final String FOCUS =
      """
      const e = document.activeElement;
      const style = getComputedStyle(e);
      const rect = e.getBoundingClientRect();
      const seen = rect.top >= 0 && rect.bottom <= innerHeight;
      const outline = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
      return e === document.body ? '' : (e.id || e.textContent.trim())
        + (outline ? '' : ' without an outline') + (seen ? '' : ' out of sight');
      """;

  private final Screen screen;
  private final Scheme scheme;

  ReachCases(Screen screen, Scheme scheme) {
    this.screen = screen;
    this.scheme = scheme;
  }

  /** Everything that the page can show is there: names, findings, transfers, every figure. */
  void axe(PageBench bench, CaseRun run) throws Exception {
    Axe axe = Axe.load();
    Visit visit = Visit.whenFine(bench.member(0), run, screen, scheme);
    Browser browser = visit.browser();
    check(run, axe, browser, "idle");
    run.check(axe.isAwake(browser), "axe does not see text without contrast");

    visit.show(PageBench.TOKEN);
    visit.await("names of images", () -> browser.text("#images").contains(PageBench.HELD));
    var _ = browser.run("document.querySelectorAll('details').forEach(part => part.open = true)");
    String repository = "shop/" + (screen + "-" + scheme).toLowerCase(Locale.ROOT);
    Image image = bench.publish(repository, "1.0", 24);
    bench.members().forEach(member -> member.upstream().throttle(1 << 20));
    List<CompletableFuture<Void>> pulls;
    try {
      bench.member(2).tarn().kill();
      pulls =
          List.of(
              bench.member(0).pulling(repository, "1.0", image),
              bench.member(1).pulling(repository, "1.0", image));
      visit.await("a transfer by name", () -> browser.text("#transfers").contains(repository));
      visit.await("a finding", () -> !visit.findings().isEmpty());
      check(run, axe, browser, "with everything");
    } finally {
      bench.members().forEach(member -> member.upstream().throttle(Long.MAX_VALUE));
      bench.member(2).tarn().startAgain();
    }
    Member.await(pulls);
    visit.awaitFine();
  }

  private static void check(CaseRun run, Axe axe, Browser browser, String when) {
    String complaints = axe.complaints(browser);
    run.check(complaints.isEmpty(), "axe, " + when + ": " + complaints);
  }

  static void keyboard(PageBench bench, CaseRun run) throws Exception {
    Visit visit = Visit.whenFine(bench, run);
    Browser browser = visit.browser();

    List<String> order = new ArrayList<>();
    String focused = tab(browser);
    while (!focused.isEmpty() && order.size() < MANY) {
      order.add(focused);
      focused = tab(browser);
    }
    List<String> expected =
        List.of("More figures", "More figures", "token", "Show", "Metrics", "Status as JSON");
    run.check(order.equals(expected), "the keyboard comes to " + order);

    // From the end it goes on at the beginning.
    var _ = tab(browser);
    browser.type(Keys.ENTER);
    visit.await("more figures", () -> browser.text("#figures").contains("Requests that failed"));
    var _ = tab(browser);
    var _ = tab(browser);
    browser.type(PageBench.TOKEN, Keys.ENTER);
    visit.await("names of images", () -> browser.text("#images").contains(PageBench.HELD));
    String after = String.valueOf(browser.run(FOCUS));
    run.check(after.equals("forget"), "after the token the focus is on " + after);
    browser.type(Keys.SPACE);
    visit.await("the token is forgotten", () -> browser.text("#images").isEmpty());
    String again = String.valueOf(browser.run(FOCUS));
    run.check(again.equals("token"), "when it is forgotten the focus is on " + again);
  }

  private static String tab(Browser browser) {
    browser.type(Keys.TAB);
    return String.valueOf(browser.run(FOCUS));
  }

  static void stillness(PageBench bench, CaseRun run) throws Exception {
    Visit visit = Visit.whenFine(bench, run);
    Browser browser = visit.browser().prefers(Scheme.LIGHT, /* lessMotion= */ true);

    run.check(
        browser.holds("matchMedia('(prefers-reduced-motion: reduce)').matches"),
        "the browser does not say that it wants less motion");
    run.check(
        browser.holds(
            """
            document.getAnimations().length === 0
              && [...document.querySelectorAll('*')].every(e => {
                const style = getComputedStyle(e);
                return style.transitionDuration === '0s' && style.animationName === 'none'
                  && style.scrollBehavior === 'auto';
              })\
            """),
        "something moves");
  }

  /** Only what is asked first is read aloud, and only where it changed. */
  static void spoken(PageBench bench, CaseRun run) throws Exception {
    Visit visit = Visit.whenFine(bench, run);
    Browser browser = visit.browser();
    var _ =
        browser.run(
            """
            window.tarnSpoken = [];
            new MutationObserver(changes => changes.forEach(change => {
              const region = (change.target.nodeType === 1 ? change.target
                : change.target.parentElement)?.closest('[aria-live]');
              if (region) tarnSpoken.push(change.target.textContent);
            })).observe(document.body, {subtree: true, childList: true, characterData: true});
            """);
    String footer = browser.text("#footer");

    visit.await("the page is of later", () -> !browser.text("#footer").equals(footer));
    String later = browser.text("#footer");
    visit.await("the page is later still", () -> !browser.text("#footer").equals(later));

    run.check(
        browser.holds("tarnSpoken.length === 0"),
        "nothing changed, and is read aloud: " + browser.run("return tarnSpoken.join('; ')"));
  }
}
