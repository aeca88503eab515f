package dev.tarn.e2e.page;

import dev.tarn.e2e.http.Exchange;
import dev.tarn.e2e.run.CaseRun;
import java.util.List;
import java.util.Optional;

/** The token: what it opens, and where it is not. */
final class TokenCases {
  private TokenCases() {}

  static void shown(PageBench bench, CaseRun run) throws Exception {
    Visit visit = Visit.whenFine(bench, run);
    Browser browser = visit.browser();
    Member member = bench.member(0);
    String named = PageBench.REGISTRY + "/" + PageBench.HELD;
    run.check(!browser.text("body").contains("shop/"), "without the token it names an image");
    String address = browser.address();
    member.page().traffic().forget();

    visit.show(PageBench.TOKEN);

    visit.await("names of images", () -> visit.row("images", named).contains("| 3.1 |"));
    String kept =
        String.valueOf(
            browser.run(
                """
                return JSON.stringify([Object.entries(localStorage), document.cookie,
                  history.state, document.getElementById('token').value]);
                """));
    run.check(kept.equals("[[],\"\",null,\"\"]"), "something is kept: " + kept);
    run.check(browser.address().equals(address), "the address is " + browser.address());
    run.check(
        !browser.text("body").contains(PageBench.TOKEN)
            && !browser.holds(
                "document.documentElement.outerHTML.includes('" + PageBench.TOKEN + "')"),
        "the token is in the page");
    List<Exchange> all = member.page().traffic().all();
    run.check(
        all.stream().noneMatch(one -> one.target().contains(PageBench.TOKEN)),
        "the token is in the address of a request");
    run.check(all.stream().noneMatch(one -> one.header("Cookie").isPresent()), "there is a cookie");
    run.check(
        all.stream()
            .filter(one -> one.target().equals("/api/v1/images"))
            .allMatch(
                one ->
                    one.header("Authorization").equals(Optional.of("Bearer " + PageBench.TOKEN))),
        "images are asked for without the token");
  }

  static void forTheTab(PageBench bench, CaseRun run) throws Exception {
    Visit visit = Visit.whenFine(bench, run);
    Browser browser = visit.browser();
    Member member = bench.member(0);
    visit.show(PageBench.TOKEN);
    visit.await("names of images", () -> browser.text("#images").contains(PageBench.HELD));

    browser.reload();
    visit.await("names after a reload", () -> browser.text("#images").contains(PageBench.HELD));
    String first = browser.openTab(member.address());
    visit.awaitFine();
    run.check(browser.text("#images").isEmpty(), "another tab shows names");
    run.check(!browser.text("#token-form").isEmpty(), "another tab does not ask for the token");

    browser.closeTabFor(first);
    browser.click("#forget");
    visit.await("no names", () -> browser.text("#images").isEmpty());
    run.check(
        browser.holds("sessionStorage.length === 0"), "a forgotten token is still in the tab");
  }

  static void wrong(PageBench bench, CaseRun run) throws Exception {
    Visit visit = Visit.whenFine(bench, run);
    Browser browser = visit.browser();

    visit.show("another-token-0123456789");

    visit.await(
        "it says so", () -> browser.text("#images-text").contains("not the one of this node"));
    run.check(browser.text("#images").isEmpty(), "a wrong token shows names");
    run.check(browser.holds("sessionStorage.length === 0"), "a wrong token is kept");
    run.check(!browser.text("#token-form").isEmpty(), "there is no second try");
    visit.show(PageBench.TOKEN);
    visit.await("names of images", () -> browser.text("#images").contains(PageBench.HELD));
  }
}
