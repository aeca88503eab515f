package dev.tarn.e2e.page;

import dev.tarn.e2e.cluster.Certificates;
import dev.tarn.e2e.page.Browser.Scheme;
import dev.tarn.e2e.page.Browser.Screen;
import dev.tarn.e2e.process.Workspace;
import dev.tarn.e2e.run.Case;
import dev.tarn.e2e.run.Need;
import dev.tarn.e2e.run.Suite;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A real browser looks at the status page of nodes that are at work. */
public final class PageSuite implements Suite<PageBench> {
  /** The options of the command line that it takes, each with a value. */
  public static final Set<String> OPTIONS = Set.of("--screenshots");

  private final Optional<Path> screenshots;

  /** With the options of the command line, without dashes. */
  public PageSuite(Map<String, String> options) {
    this.screenshots = Optional.ofNullable(options.get("screenshots")).map(Path::of);
  }

  @Override
  public String name() {
    return "page";
  }

  @Override
  public String summary() {
    return "the status page in a Chromium without a screen; --screenshots DIRECTORY";
  }

  @Override
  public List<Need> needs() {
    List<Need> needs = new ArrayList<>(Browser.needs());
    needs.add(Need.debian("docker-registry", "docker-registry"));
    needs.add(Certificates.need());
    return needs;
  }

  @Override
  public List<String> headlines() {
    return List.of("page_bytes");
  }

  @Override
  public Duration caseLimit() {
    return Duration.ofMinutes(4);
  }

  @Override
  public List<Case<PageBench>> cases() {
    List<Case<PageBench>> cases = new ArrayList<>();
    cases.add(Case.of("it answers first whether all is fine", FirstLookCases::answersFirst));
    cases.add(
        Case.of(
            "it loads little, nothing from elsewhere, and without an error",
            FirstLookCases::onItsOwn));
    cases.add(Case.of("what finds its way into it reaches nobody", FirstLookCases::keepsToItself));
    cases.add(Case.of("a phone does not scroll sideways", FirstLookCases::phone));
    cases.add(Case.of("it is dark where that is preferred", FirstLookCases::dark));
    cases.add(Case.of("a pull is seen as it goes", LiveCases::pull));
    cases.add(Case.of("a hidden page does not ask", LiveCases::hidden));
    cases.add(Case.of("the token shows names and is not kept", TokenCases::shown));
    cases.add(Case.of("the token is the tab's, until it is forgotten", TokenCases::forTheTab));
    cases.add(Case.of("a wrong token is refused and forgotten", TokenCases::wrong));
    cases.add(Case.of("by keyboard", ReachCases::keyboard));
    cases.add(Case.of("what did not change is not read aloud", ReachCases::spoken));
    cases.add(Case.of("nothing moves where that is preferred", ReachCases::stillness));
    cases.add(Case.of("a node that is down is told", LiveCases::nodeDown));
    for (Screen screen : List.of(Screen.DESKTOP, Screen.PHONE)) {
      for (Scheme scheme : Scheme.values()) {
        String how = "%s, %s".formatted(screen, scheme).toLowerCase(Locale.ROOT);
        cases.add(Case.of("axe finds nothing: " + how, new ReachCases(screen, scheme)::axe));
      }
    }
    cases.add(Case.of("a node without a word is told", LiveCases::silent));
    cases.add(Case.of("an upstream that is down is told", LiveCases::upstreamDown));
    return cases;
  }

  @Override
  public PageBench open(Workspace workspace) throws Exception {
    Path pictures = screenshots.orElseGet(() -> workspace.directory().resolve("screenshots"));
    return PageBench.open(workspace, new Screenshots(pictures.toAbsolutePath()));
  }
}
