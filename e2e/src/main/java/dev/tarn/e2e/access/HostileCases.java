package dev.tarn.e2e.access;

import dev.tarn.e2e.http.Relay;
import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.node.TarnNode;
import dev.tarn.e2e.process.Ports;
import dev.tarn.e2e.run.CaseRun;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Registries that send Tarn where it must not go, or where it must not show what it has. */
final class HostileCases {
  private static final String REGISTRY = "hostile.test";
  private static final Place PLACE = new Place(REGISTRY, "team/app");
  private static final String ROBOT = User.basic("robot", "robot-secret");

  /** As the metadata services of clouds have it. */
  private static final String METADATA = "http://169.254.169.254/latest/meta-data/";

  private HostileCases() {}

  private static InetAddress loopback(int last) throws IOException {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
  }

  /** A registry that sends for a token, and the realm that it names. */
  private static final class Realmed {
    private final Trap realm;
    private final Trap registry;
    private final TarnNode tarn;

    Realmed(CaseRun run, InetAddress realmAt, List<String> further) throws Exception {
      realm =
          run.workspace()
              .own(Trap.start(realmAt, seen -> Trap.Answer.json("{\"token\": \"worthless\"}")));
      String challenge =
          "Bearer realm=\""
              + realm.uri()
              + "/token\",service=\"hostile\",scope=\"repository:team/app:pull\"";
      registry =
          run.workspace()
              .own(
                  Trap.start(
                      loopback(1), seen -> Trap.Answer.with(401, "WWW-Authenticate", challenge)));
      Path file = run.workspace().directory().resolve("docker-config.json");
      Files.writeString(
          file,
          "{\"auths\": {\""
              + REGISTRY
              + "\": {\"username\": \"robot\", \"password\": \"robot-secret\"}}}");
      List<String> lines = new ArrayList<>();
      lines.add("    shared: true");
      lines.add("    credentials:");
      lines.add("      dockerConfig: " + file);
      lines.addAll(further);
      tarn =
          TarnNode.start(
              run.workspace(),
              MirrorPlan.of(Map.of(REGISTRY, registry.uri())).with(REGISTRY, lines));
    }

    void ask() throws IOException {
      Session nobody = Session.ofNobody();
      var _ = nobody.head(tarn.uri(), PLACE.manifest("1"));
      var _ = nobody.get(tarn.uri(), PLACE.blob("sha256:" + "0".repeat(64)));
    }
  }

  static void realmElsewhere(AccessBench bench, CaseRun run) throws Exception {
    Realmed hostile = new Realmed(run, loopback(2), List.of());
    hostile.ask();
    run.check(!hostile.registry.seen().isEmpty(), "the registry was not asked");
    run.checkEquals("credentials shown to the realm", 0, hostile.realm.shownCredentials());
    run.check(
        hostile.registry.seen().stream()
            .noneMatch(seen -> seen.authorization().equals(Optional.of(ROBOT))),
        "the password was shown where a token was wanted");
  }

  /** That the case above can fail: where the realm belongs to the registry it is shown. */
  static void realmAtHome(AccessBench bench, CaseRun run) throws Exception {
    Realmed own = new Realmed(run, loopback(1), List.of());
    own.ask();
    run.check(
        own.realm.seen().stream().anyMatch(seen -> seen.authorization().equals(Optional.of(ROBOT))),
        "the realm was not shown the credential: " + own.realm.seen());
  }

  static void realmThatIsListed(AccessBench bench, CaseRun run) throws Exception {
    Realmed own = new Realmed(run, loopback(2), List.of("      tokenRealms: [127.0.0.2]"));
    own.ask();
    run.check(
        own.realm.seen().stream().anyMatch(seen -> seen.authorization().equals(Optional.of(ROBOT))),
        "the realm was not shown the credential: " + own.realm.seen());
  }

  /** A registry that redirects every GET, asked for a blob by a client with a password. */
  private static Session.Got redirected(
      CaseRun run, InetAddress at, String target, List<String> allowed, String digest)
      throws Exception {
    Function<Trap.Seen, Trap.Answer> script =
        seen ->
            seen.authorization().isEmpty()
                ? Trap.Answer.with(401, "WWW-Authenticate", "Basic realm=\"hostile\"")
                : Trap.Answer.with(307, "Location", target);
    Trap registry = run.workspace().own(Trap.start(at, script));
    TarnNode tarn =
        TarnNode.start(
            run.workspace(),
            MirrorPlan.of(Map.of(REGISTRY, registry.uri())).withAllowedTargets(allowed));
    Session.Got got = Session.of(User.ALICE).get(tarn.uri(), PLACE.blob(digest));
    run.check(
        registry.seen().stream()
            .anyMatch(seen -> seen.authorization().equals(Optional.of(User.ALICE.basic()))),
        "the registry was not asked with the client's credential: " + registry.seen());
    run.figure(
        "forbidden_targets",
        tarn.metrics().sum("tarn_upstream_requests_total", "status=\"forbidden_target\""));
    return got;
  }

  private static void checkForbidden(CaseRun run, Session.Got got) {
    run.check(got.status() >= 500, "the redirect was answered " + got);
    Object counted = run.figures().get("forbidden_targets");
    run.check(
        counted instanceof Number number && number.doubleValue() >= 1,
        "no forbidden target was counted");
  }

  static void redirectToMetadata(AccessBench bench, CaseRun run) throws Exception {
    Session.Got got =
        redirected(
            run,
            Ports.ownAddress().orElseThrow(),
            METADATA,
            List.of(),
            bench.image().config().digest());
    checkForbidden(run, got);
  }

  static void redirectFromLoopbackToMetadata(AccessBench bench, CaseRun run) throws Exception {
    Session.Got got =
        redirected(run, loopback(1), METADATA, List.of(), bench.image().config().digest());
    checkForbidden(run, got);
  }

  /** What a case of a redirect to this machine itself sees. */
  private record Inside(Trap trap, Session.Got got, Blob blob) {}

  private static Inside redirectInside(
      AccessBench bench, CaseRun run, InetAddress from, int to, List<String> allowed)
      throws Exception {
    Image image = bench.image();
    byte[] content = Files.readAllBytes(image.biggest().file());
    Trap trap =
        run.workspace()
            .own(Trap.start(loopback(to), seen -> new Trap.Answer(200, Map.of(), content)));
    Session.Got got =
        redirected(run, from, trap.uri() + "/blob", allowed, image.biggest().digest());
    return new Inside(trap, got, image.biggest());
  }

  static void redirectToLoopback(AccessBench bench, CaseRun run) throws Exception {
    Inside inside = redirectInside(bench, run, Ports.ownAddress().orElseThrow(), 1, List.of());
    checkForbidden(run, inside.got());
    run.checkEquals("requests to loopback", 0, inside.trap().seen().size());
  }

  /** That the case above can fail: what is listed is followed. */
  static void redirectThatIsListed(AccessBench bench, CaseRun run) throws Exception {
    Inside inside =
        redirectInside(bench, run, Ports.ownAddress().orElseThrow(), 1, List.of("127.0.0.1"));
    run.checkEquals("status", 200, inside.got().status());
    run.checkEquals("bytes", inside.blob().size(), inside.got().body().length);
    run.checkEquals("credentials shown there", 0, inside.trap().shownCredentials());
  }

  static void redirectWithoutCredential(AccessBench bench, CaseRun run) throws Exception {
    Inside inside = redirectInside(bench, run, loopback(1), 2, List.of());
    run.checkEquals("status", 200, inside.got().status());
    run.check(!inside.trap().seen().isEmpty(), "the redirect was not followed");
    run.checkEquals("credentials shown there", 0, inside.trap().shownCredentials());
  }

  /** A realm inside, named by a registry that is not: nobody is to be asked there. */
  static void realmAtLoopback(AccessBench bench, CaseRun run) throws Exception {
    Trap realm =
        run.workspace()
            .own(Trap.start(loopback(1), seen -> Trap.Answer.json("{\"token\": \"worthless\"}")));
    String challenge =
        "Bearer realm=\"" + realm.uri() + "/token\",scope=\"repository:team/app:pull\"";
    Trap registry =
        run.workspace()
            .own(
                Trap.start(
                    Ports.ownAddress().orElseThrow(),
                    seen -> Trap.Answer.with(401, "WWW-Authenticate", challenge)));
    TarnNode tarn =
        TarnNode.start(run.workspace(), MirrorPlan.of(Map.of(REGISTRY, registry.uri())));

    Session.Got got = Session.ofNobody().head(tarn.uri(), PLACE.manifest("1"));

    run.checkEquals("status", 401, got.status());
    run.check(
        got.head().first("WWW-Authenticate").equals(Optional.of(challenge)),
        "the challenge became " + got.head());
    run.checkEquals("requests to the realm", 0, realm.seen().size());
  }

  /** A chain of upstreams: a credential is for the one that asked for it. */
  static void otherUpstream(AccessBench bench, CaseRun run) throws Exception {
    Trap first = run.workspace().own(Trap.start(loopback(1), seen -> Trap.Answer.empty(404)));
    Relay second = bench.way(run.workspace(), Scheme.BASIC);
    Map<String, URI> registries = new LinkedHashMap<>();
    registries.put(Scheme.BASIC.registry(), first.uri());
    MirrorPlan plan =
        MirrorPlan.of(registries)
            .with(Scheme.BASIC.registry(), List.of("      - url: " + second.uri()));
    Mirror node = AccessBench.alone(run.workspace(), Map.of(), plan);

    Private mine = Private.push(bench, Scheme.BASIC, User.ALICE);
    mine.pull(run, node);

    run.check(!first.seen().isEmpty(), "the first upstream was not asked");
    run.checkEquals("credentials shown to it", 0, first.shownCredentials());
  }
}
