package dev.tarn.e2e.page;

import dev.tarn.e2e.http.Relay;
import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.run.CaseRun;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The page while things happen, and nobody reloads it. */
final class LiveCases {
  private static final long SLOW_BYTES_PER_SECOND = 1 << 20;
  private static final long A_GOOD_PART_BYTES = 16 << 20;
  private static final int LOOKS = 3;
  private static final String SAME_DOCUMENT = "window.sameDocument === true";

  private LiveCases() {}

  /** Comes to the page, and marks it, so that a reload would be seen. */
  private static Visit stay(PageBench bench, CaseRun run) throws Exception {
    Visit visit = Visit.whenFine(bench, run);
    var _ = visit.browser().run("window.sameDocument = true");
    return visit;
  }

  static void pull(PageBench bench, CaseRun run) throws Exception {
    Visit visit = stay(bench, run);
    Browser browser = visit.browser();
    run.checkEquals("transfers before", 0, visit.transfers());
    String before = browser.text("#tiles") + browser.text("#sources");
    Image image = bench.publish("shop/payment", "5.0", 24, 16, 12, 12, 12, 12, 12);

    slow(bench, SLOW_BYTES_PER_SECOND);
    List<CompletableFuture<Void>> pulls;
    try {
      pulls = bench.everywhere("shop/payment", "5.0", image);
      visit.await("transfers are there", () -> visit.transfers() >= 2 && visit.progress() > 0);
      String seen = browser.text("#transfers");
      run.check(seen.contains(PageBench.REGISTRY + " sha256:"), "of a transfer it says " + seen);
      run.check(!seen.contains("shop/"), "without the token it names an image: " + seen);
      run.check(
          browser.holds(
              "[...document.querySelectorAll('#transfers progress')]"
                  + ".every(bar => bar.ariaLabel.includes('sha256:'))"),
          "a bar has no name");
      double progress = visit.progress();
      visit.await("bytes come", () -> visit.progress() > progress + A_GOOD_PART_BYTES);
      visit.await("the others are told of", () -> !browser.text("#more-transfers").isEmpty());
      visit.await("other nodes' transfers", () -> !visit.row("nodes", "node-2").endsWith("| 0"));
      bench.screenshots().take(browser, "status-crowd");
    } finally {
      slow(bench, Long.MAX_VALUE);
    }
    Member.await(pulls);

    visit.await("the transfers are over", () -> visit.transfers() == 0);
    visit.await("nothing is on its way", () -> !browser.text("#transfers-none").isEmpty());
    visit.await(
        "figures are others",
        () -> !before.equals(browser.text("#tiles") + browser.text("#sources")));
    run.check(browser.holds(SAME_DOCUMENT), "the page was loaded anew");
    run.check(browser.console().isEmpty(), "there was something on the console");
  }

  private static void slow(PageBench bench, long bytesPerSecond) {
    bench.members().forEach(member -> member.upstream().throttle(bytesPerSecond));
  }

  static void nodeDown(PageBench bench, CaseRun run) throws Exception {
    Visit visit = stay(bench, run);

    bench.member(2).tarn().kill();
    try {
      visit.await(
          "the cluster needs attention",
          () ->
              visit.cluster().equals("Needs attention")
                  && visit.clusterWhy().equals("Member silent (node-3). 2 of 3 nodes gave word."));
      run.check(visit.node().equals("Fine"), "of itself the node says " + visit.node());
      String row = visit.row("nodes", "node-3");
      run.check(row.startsWith("node-3 | zone-b | No word"), "of node-3 it says " + row);
      run.check(visit.findings().startsWith("node-3: "), "what is wrong is " + visit.findings());
      String title = visit.browser().title();
      run.check(title.equals("Needs attention – Tarn"), "the title is " + title);
      bench.screenshots().take(visit.browser(), "status-node-down");
    } finally {
      bench.member(2).tarn().startAgain();
    }

    visit.awaitFine();
    run.check(visit.findings().isEmpty(), "all is fine, and yet: " + visit.findings());
    run.check(visit.browser().holds(SAME_DOCUMENT), "the page was loaded anew");
  }

  static void upstreamDown(PageBench bench, CaseRun run) throws Exception {
    Visit visit = stay(bench, run);
    Member member = bench.member(0);
    String registry = PageBench.REGISTRY;

    bench.members().forEach(each -> each.upstream().stop());
    try {
      visit.await(
          "the registry fails",
          () -> {
            var _ = member.asksUpstream(PageBench.HELD);
            return visit.row("registries", registry).contains("| failing for ");
          });
      run.check(visit.node().equals("Fine"), "at the first failure the node is " + visit.node());
      visit.await("the node is in trouble", () -> visit.node().equals("In trouble"));
      String why = visit.nodeWhy();
      run.check(why.equals("Upstream failing (" + registry + ")."), "the reason is " + why);
      String findings = visit.findings();
      run.check(
          findings.startsWith(registry + " does not answer this node (connect)"),
          "what is wrong is " + findings);
    } finally {
      bench.members().forEach(each -> each.upstream().start());
    }

    visit.await(
        "the node is fine",
        () -> {
          var _ = member.asksUpstream(PageBench.HELD);
          return visit.node().equals("Fine");
        });
    visit.awaitFine();
    run.check(visit.browser().holds(SAME_DOCUMENT), "the page was loaded anew");
  }

  static void silent(PageBench bench, CaseRun run) throws Exception {
    Visit visit = stay(bench, run);

    bench.member(0).tarn().kill();
    try {
      visit.await("no word", () -> visit.node().equals("No word"));
      run.check(visit.cluster().equals("Unknown"), "of the cluster it says " + visit.cluster());
      String title = visit.browser().title();
      run.check(title.equals("No word – Tarn"), "the title is " + title);
      run.check(
          !visit.row("nodes", "node-2").isEmpty(), "what the node said last is not there any more");
    } finally {
      bench.member(0).tarn().startAgain();
    }

    visit.awaitFine();
    run.check(visit.browser().holds(SAME_DOCUMENT), "the page was loaded anew");
  }

  /** Somebody else's page tells when time has passed. */
  static void hidden(PageBench bench, CaseRun run) throws Exception {
    Visit visit = stay(bench, run);
    Browser browser = visit.browser();
    Relay asked = bench.member(0).page();
    awaitLooks(visit, asked);

    String first = browser.openTab(bench.member(1).address());

    visit.awaitFine();
    long before = asked.traffic().requests();
    awaitLooks(visit, bench.member(1).page());
    run.checkEquals("what a hidden page asked", before, asked.traffic().requests());

    browser.closeTabFor(first);
    awaitLooks(visit, asked);
    run.check(browser.holds(SAME_DOCUMENT), "the page was loaded anew");
  }

  /** Waits until a node was asked how it is a few times more. */
  private static void awaitLooks(Visit visit, Relay page) throws Exception {
    long before = looks(page);
    visit.await("the page asks", () -> looks(page) >= before + LOOKS);
  }

  private static long looks(Relay page) {
    return page.traffic().count(exchange -> exchange.target().equals("/api/v1/status"));
  }
}
