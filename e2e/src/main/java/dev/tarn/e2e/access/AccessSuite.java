package dev.tarn.e2e.access;

import dev.tarn.e2e.node.Flavour;
import dev.tarn.e2e.process.Workspace;
import dev.tarn.e2e.run.Case;
import dev.tarn.e2e.run.Need;
import dev.tarn.e2e.run.Suite;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Private images stay private, tags stay fresh, upstream may go away: tried with real registries.
 */
public final class AccessSuite implements Suite<AccessBench> {
  @Override
  public String name() {
    return "access";
  }

  @Override
  public String summary() {
    return "two users, registries with passwords and with tokens, three nodes: who may read what";
  }

  @Override
  public List<Need> needs() {
    return List.of(
        Need.root(),
        Need.debian("unshare", "util-linux"),
        Need.debian("docker-registry", "docker-registry"),
        Need.debian("openssl", "openssl"),
        Need.ownAddress(),
        Need.goTool("crictl"));
  }

  @Override
  public Duration caseLimit() {
    return Duration.ofMinutes(3);
  }

  @Override
  public List<Case<AccessBench>> cases() {
    List<Case<AccessBench>> cases = new ArrayList<>();
    for (Scheme scheme : Scheme.values()) {
      addOwner(cases, scheme);
      addStranger(cases, scheme);
      addAway(cases, scheme);
      addCrowd(cases, scheme);
      addLiar(cases, scheme);
    }
    addHostile(cases);
    addPeers(cases);
    addTraitor(cases);
    for (Flavour flavour : List.of(Flavour.DEBIAN, Flavour.TRANSFER)) {
      for (Scheme scheme : Scheme.values()) {
        addContainerd(cases, scheme, flavour);
        addGrace(cases, scheme, flavour);
      }
    }
    return cases;
  }

  private static void addOwner(List<Case<AccessBench>> cases, Scheme scheme) {
    OwnerCases owner = new OwnerCases(scheme);
    add(cases, scheme, "a cold pull fetches each blob once", owner::cold);
    add(cases, scheme, "a warm pull asks upstream once a credential, for no blob", owner::warm);
    add(cases, scheme, "twelve layers at once ask upstream once", owner::asksOnce);
    add(cases, scheme, "a pull from a peer fetches no blob upstream", owner::fromPeer);
    add(cases, scheme, "a pull after a restart fetches no blob upstream", owner::afterRestart);
  }

  private static void addStranger(List<Case<AccessBench>> cases, Scheme scheme) {
    StrangerCases stranger = new StrangerCases(scheme);
    add(cases, scheme, "nothing without the right: by tag", stranger::byTag);
    add(cases, scheme, "nothing without the right: by digest", stranger::byDigest);
    add(cases, scheme, "nothing without the right: by range", stranger::byRange);
    add(cases, scheme, "nothing without the right: by HEAD", stranger::byHead);
    add(cases, scheme, "nothing without the right: by path prefix", stranger::byPrefix);
    add(
        cases,
        scheme,
        "nothing without the right: by one's own repository",
        stranger::byOwnRepository);
    add(cases, scheme, "nothing without the right: by another registry", stranger::byOtherRegistry);
    add(
        cases,
        scheme,
        "nothing without the right: by a manifest of one's own",
        stranger::byOwnManifest);
    add(cases, scheme, "nothing without the right: by a mount", stranger::byMount);
    add(
        cases,
        scheme,
        "nothing without the right: at a node whose peer holds it",
        stranger::byOtherNode);
    add(cases, scheme, "nothing without the right: while it arrives", stranger::whileItArrives);
    add(cases, scheme, "nothing without the right: at the moment when it is here", stranger::race);
    add(
        cases,
        scheme,
        "nothing without the right: while upstream is away",
        stranger::whileUpstreamIsAway);
    add(cases, scheme, "nothing without the right: after a restart", stranger::afterRestart);
    add(
        cases,
        scheme,
        "nothing without the right: next to a layer that is shared",
        stranger::sharedLayer);
    add(cases, scheme, "nothing with a wrong credential", stranger::wrongCredentials);
    add(
        cases,
        scheme,
        "nothing without a credential but the registry's own challenge",
        stranger::withoutCredential);
  }

  private static void addAway(List<Case<AccessBench>> cases, Scheme scheme) {
    AwayCases away = new AwayCases(scheme);
    String who = scheme == Scheme.BASIC ? "a password within the grace time" : "a token that lives";
    add(cases, scheme, "upstream away: " + who + " is served", away::served);
    add(cases, scheme, "upstream answers 503: " + who + " is served", away::servedWhereItFails);
    switch (scheme) {
      case BASIC -> {
        add(cases, scheme, "upstream hangs: " + who + " is served", away::servedWhereItHangs);
        add(cases, scheme, "upstream away: after the grace time nothing", away::graceEnds);
        add(cases, scheme, "upstream away: grace outlives a restart", away::graceOutlivesRestart);
        add(
            cases,
            scheme,
            "upstream away: a restart does not prolong grace",
            away::graceEndsAcrossRestart);
      }
      case TOKEN -> {
        add(cases, scheme, "upstream away: after the token's end nothing", away::tokenEnds);
        add(cases, scheme, "upstream away: nothing for a token it never saw", away::newToken);
        add(
            cases,
            scheme,
            "upstream away: nothing for a token after a restart",
            away::tokenForgottenByRestart);
      }
    }
    add(cases, scheme, "a refusal ends grace, also across a restart", away::refusalEndsGrace);
    add(cases, scheme, "a right withdrawn ends at the next pull", away::withdrawnAtTheNextPull);
    add(
        cases,
        scheme,
        "a right withdrawn ends within the decision time",
        away::withdrawnWithinDecisionTime);
    add(cases, scheme, "429 with Retry-After: cached pulls go on", away::rateLimitedWithTime);
    add(cases, scheme, "429 without Retry-After: cached pulls go on", away::rateLimited);
    add(cases, scheme, "a tag that moved is seen, and is what an outage leaves", away::tagMoves);
    add(cases, scheme, "a tag that was deleted is gone, also in an outage", away::tagIsDeleted);
  }

  private static void addCrowd(List<Case<AccessBench>> cases, Scheme scheme) {
    CrowdCases crowd = new CrowdCases(scheme);
    add(
        cases,
        scheme,
        "a crowd: each node shows what its own client showed",
        crowd::ownCredentials);
    add(
        cases,
        scheme,
        "a crowd: a right revoked in mid-wave stops nobody else",
        crowd::revokedInMidWave);
    if (scheme == Scheme.TOKEN) {
      add(cases, scheme, "a crowd: tokens end in mid-blob", crowd::tokensEnd);
      add(
          cases,
          scheme,
          "a token ends in mid-blob, and upstream breaks off",
          crowd::tokenEndsInMidBlob);
    }
  }

  private static void addLiar(List<Case<AccessBench>> cases, Scheme scheme) {
    LiarCases liar = new LiarCases(scheme);
    add(cases, scheme, "nothing by a registry that claims to have it: blobs", liar::blobs);
    add(
        cases,
        scheme,
        "nothing by a registry that claims to have it: blobs of a peer",
        liar::blobsAtOtherNode);
    add(cases, scheme, "nothing by a registry that claims to have it: a manifest", liar::manifest);
    add(
        cases,
        scheme,
        "nothing by a registry that claims to have it: a manifest by tag",
        liar::manifestByTag);
  }

  private static void addHostile(List<Case<AccessBench>> cases) {
    add(
        cases,
        "hostile: a realm elsewhere is not shown Tarn's credential",
        HostileCases::realmElsewhere);
    add(cases, "hostile: a realm at home is shown it", HostileCases::realmAtHome);
    add(cases, "hostile: a realm that is listed is shown it", HostileCases::realmThatIsListed);
    add(cases, "hostile: a realm at loopback is not asked", HostileCases::realmAtLoopback);
    add(
        cases,
        "hostile: a redirect to 169.254.169.254 is not followed",
        HostileCases::redirectToMetadata);
    add(
        cases,
        "hostile: a redirect to 169.254.169.254 is not followed from loopback either",
        HostileCases::redirectFromLoopbackToMetadata);
    add(cases, "hostile: a redirect to loopback is not followed", HostileCases::redirectToLoopback);
    add(
        cases,
        "hostile: a redirect to what is listed is followed",
        HostileCases::redirectThatIsListed);
    add(
        cases,
        "hostile: a redirect takes no credential along",
        HostileCases::redirectWithoutCredential);
    add(
        cases,
        "hostile: an upstream that did not ask is shown no credential",
        HostileCases::otherUpstream);
  }

  private static void addPeers(List<Case<AccessBench>> cases) {
    add(cases, "peers: a member is given what it asks for", PeerCases::member);
    add(cases, "peers: nothing without TLS", PeerCases::plain);
    add(cases, "peers: nothing without a certificate", PeerCases::noCertificate);
    add(cases, "peers: nothing for a certificate that vouches for itself", PeerCases::selfSigned);
    add(cases, "peers: nothing for another authority's certificate", PeerCases::otherAuthority);
    add(cases, "peers: nothing for a certificate that expired", PeerCases::expired);
  }

  private static void addTraitor(List<Case<AccessBench>> cases) {
    add(cases, "a member lies: a wrong byte in a chunk", TraitorCases::wrongByte);
    add(cases, "a member lies: a chunk that is too short", TraitorCases::tooShort);
    add(cases, "a member lies: a chunk that is too long", TraitorCases::tooLong);
    add(cases, "a member lies: a chunk that breaks off", TraitorCases::breaksOff);
    add(cases, "a member lies: a size too small", TraitorCases::sizeTooSmall);
    add(cases, "a member lies: a size too large", TraitorCases::sizeTooLarge);
    add(cases, "a member lies: an absurd size", TraitorCases::sizeAbsurd);
    add(cases, "a member lies: it holds what it does not", TraitorCases::holdsNothing);
    add(cases, "a member lies: nonsense for an answer", TraitorCases::nonsense);
    add(cases, "a member lies: later, for ever", TraitorCases::notYet);
    add(
        cases,
        "a member lies: a wrong small blob that it vouches for",
        TraitorCases::smallVouchedFor);
    add(cases, "a member lies: another manifest that it vouches for", TraitorCases::otherManifest);
    add(
        cases,
        "a member lies: a wrong chunk that it vouches for",
        TraitorCases::wrongByteVouchedFor);
    add(cases, "a member lies: another blob's chunk that it vouches for", TraitorCases::otherBlob);
    add(
        cases,
        "a member lies: containerd is sent a wrong chunk that it vouches for",
        TraitorCases::containerdFirst);
    add(cases, "a member lies: a crowd, and wrong chunks", TraitorCases::crowd);
    add(cases, "a member lies: what a tag named before", TraitorCases::oldTag);
    add(cases, "a member lies: a tag that the node never saw", TraitorCases::unseenTag);
  }

  private static void addContainerd(List<Case<AccessBench>> cases, Scheme scheme, Flavour flavour) {
    ContainerdCases real = new ContainerdCases(scheme, flavour);
    add(cases, scheme, flavour, "the owner pulls cold", real::cold);
    add(cases, scheme, flavour, "the owner pulls warm", real::warm);
    add(cases, scheme, flavour, "the owner pulls from a peer", real::fromPeer);
    add(cases, scheme, flavour, "the owner pulls after a restart", real::afterRestart);
    add(cases, scheme, flavour, "another user gets nothing", real::otherUser);
    add(cases, scheme, flavour, "without a credential there is nothing", real::nobody);
    add(cases, scheme, flavour, "another user is refused what is there", real::presentAlready);
    add(
        cases,
        scheme,
        flavour,
        "nothing without the right of what it holds",
        real::heldByContainerd);
  }

  /** With a password, or with a token by the relay: what outlives an outage. */
  private static void addGrace(List<Case<AccessBench>> cases, Scheme scheme, Flavour flavour) {
    GraceCases grace = new GraceCases(scheme, flavour);
    boolean all = flavour == Flavour.TRANSFER;
    if (scheme == Scheme.TOKEN) {
      add(cases, scheme, flavour, "relay: a cold pull by way of Tarn alone", grace::cold);
      add(cases, scheme, flavour, "relay: a warm pull costs one HEAD", grace::warm);
      add(cases, scheme, flavour, "relay: a right withdrawn ends grace", grace::withdrawn);
      if (all) {
        add(cases, scheme, flavour, "relay: the realm away: the owner pulls", grace::realmAway);
        add(cases, scheme, flavour, "relay: all away: nothing after the grace time", grace::ends);
      }
    }
    String with = scheme == Scheme.TOKEN ? "relay: " : "";
    add(cases, scheme, flavour, with + "all away: the owner pulls, nobody else", grace::allAway);
    if (all) {
      add(cases, scheme, flavour, with + "429: the owner pulls", grace::rateLimited);
      add(
          cases,
          scheme,
          flavour,
          with + "429 with Retry-After: the owner pulls",
          grace::rateLimitedWithTime);
    }
  }

  private static void add(List<Case<AccessBench>> cases, String what, Case.Body<AccessBench> body) {
    cases.add(Case.of(what, body));
  }

  private static void add(
      List<Case<AccessBench>> cases, Scheme scheme, String what, Case.Body<AccessBench> body) {
    cases.add(Case.of(scheme.name().toLowerCase(Locale.ROOT) + ": " + what, body));
  }

  private static void add(
      List<Case<AccessBench>> cases,
      Scheme scheme,
      Flavour flavour,
      String what,
      Case.Body<AccessBench> body) {
    String name = scheme.name().toLowerCase(Locale.ROOT) + ": " + flavour.title() + ": " + what;
    cases.add(new Case<>(name, flavour.needs(), body));
  }

  @Override
  public AccessBench open(Workspace workspace) throws Exception {
    return AccessBench.open(workspace);
  }
}
