package dev.tarn.core.planner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.name.BlobKey;
import dev.tarn.core.placement.Member;
import dev.tarn.core.placement.Membership;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** One planner and events that come singly: what it does about each. */
class PlannerEventTest {
  private static final long MIB = 1024 * 1024;
  private static final long SIZE = 800 * MIB;
  private static final long SECOND = 1_000_000_000L;
  private static final BlobKey BLOB = Cluster.key("blob");
  private static final Member NODE_01 = new Member("node-01", "", "", true);

  private final List<Action> seen = new ArrayList<>();
  private final List<Integer> asked = new ArrayList<>();
  private long now = SECOND;
  private long token;
  private final Planner planner =
      new Planner("node-00", members(1, 4), new SplittableRandom(1), now);

  @Test
  void whatAReaderWaitsForIsAskedForNext() {
    wantInACrowd();
    long far = 140; // another node is its home

    List<Action> actions = on(new Event.ReaderWaits(BLOB, far * 4 * MIB));
    finishOneChunk();

    assertThat(actions).noneMatch(Action.GaveUp.class::isInstance);
    assertThat(asked).contains((int) far);
  }

  @Test
  void whatIsWantedNoMoreIsStopped() {
    on(want());
    answerOpen(new Answer.Alone());
    long flow = last(Action.FetchUpstream.class).id();

    List<Action> actions = on(new Event.Unwant(BLOB));

    assertThat(actions).contains(new Action.Cancel(flow));
    assertThat(on(new Event.Progress(flow, MIB))).noneMatch(Action.FetchUpstream.class::isInstance);
  }

  @Test
  void whatWasEvictedIsToldToItsHomes() {
    on(new Event.Stored(BLOB, SIZE));
    pass(40);
    seen.clear();

    on(new Event.Evicted(BLOB));
    pass(40);

    assertThat(announcements())
        .isNotEmpty()
        .allSatisfy(announce -> assertThat(announce.gone()).containsExactly(BLOB));
  }

  @Test
  void whatIsEvictedBeforeItWasToldIsNotToldAsHeld() {
    on(new Event.Stored(BLOB, SIZE));
    on(new Event.Evicted(BLOB));
    pass(40);

    assertThat(announcements()).allSatisfy(a -> assertThat(a.held()).isEmpty());
  }

  @Test
  void aHomeAsksTheOneThatWasHomeBeforeButNotTwiceInASecond() {
    pass(40); // It can't have forgotten anything any more.

    assertThat(consultedBecauseOf("")).isEmpty();
    assertThat(consultedBecauseOf("node-02")).containsExactly("node-02");
    on(new Event.Answered(last(Action.Ask.class).id(), nothingKnown()));
    assertThat(consultedBecauseOf("node-02")).isEmpty();
    now += 2 * SECOND;
    assertThat(consultedBecauseOf("node-03")).containsExactly("node-03");
  }

  @Test
  void aMemberThatAsksSomethingIsAvoidedNoLonger() {
    on(wantOf(NODE_01, "one"));
    Action.Ask open = last(Action.Ask.class);
    assertThat(open.to()).isEqualTo(NODE_01);
    on(new Event.Unanswered(open.id()));
    now += SECOND;
    on(wantOf(NODE_01, "two"));
    on(new Event.Unanswered(asksOf(NODE_01).getLast().id()));
    long failedAt = now;
    assertThat(last(Action.Avoid.class))
        .isEqualTo(new Action.Avoid("node-01", failedAt + 2 * SECOND));

    now = failedAt + SECOND - 1;
    assertThat(askedByNode01()).doesNotContain(new Action.Avoid("node-01", now));
    now = failedAt + SECOND;
    assertThat(askedByNode01()).contains(new Action.Avoid("node-01", now));
  }

  @Test
  void whereTheHomeDoesNotAnswerThoseWhoGaveOtherChunksAreTried() {
    wantInACrowd();
    takeOneChunkFrom("node-02");
    answerConsults();
    seen.clear();

    tickFor(390);
    assertThat(probes()).isEmpty();
    tickFor(60);

    assertThat(probes()).isNotEmpty().allMatch(ask -> ask.to().name().equals("node-02"));
    Action.Ask probe = probes().getLast();
    Answer whole = new Answer.Load(0, false, 4 * MIB, true, false, false);
    assertThat(on(new Event.Answered(probe.id(), whole)))
        .filteredOn(Action.FetchFrom.class::isInstance)
        .extracting(fetch -> ((Action.FetchFrom) fetch).from().name())
        .containsExactly("node-02");
  }

  @Test
  void aChunkThatOnlyALiarHasIsFetchedUpstreamWhateverItsHomeSays() {
    wantInACrowd();
    int chunk = offerOneChunkOf("node-02");
    Action.FetchFrom fetch = last(Action.FetchFrom.class);
    on(new Event.Progress(fetch.id(), (chunk + 1) * 4L * MIB));
    on(new Event.FetchFailed(fetch.id(), Event.FetchFailure.MISMATCH));
    assertThat(seen).noneMatch(Action.FetchUpstream.class::isInstance);

    Action.Ask again = last(Action.Ask.class);
    assertThat(((Question.Locate) again.question()).avoid()).contains("node-02");
    answer(again, chunk, "node-02");

    assertThat(last(Action.FetchFrom.class)).isEqualTo(fetch);
    Action.FetchUpstream upstream = last(Action.FetchUpstream.class);
    assertThat(upstream.start()).isEqualTo(chunk * 4L * MIB);
    Action.Ask report = last(Action.Ask.class);
    assertThat(report.question()).isInstanceOf(Question.Report.class);
    List<Action> actions = on(new Event.Answered(report.id(), new Answer.Heard(List.of(chunk))));
    assertThat(actions).noneMatch(Action.Cancel.class::isInstance);
  }

  private void answerConsults() {
    for (Action action : List.copyOf(seen)) {
      if (action instanceof Action.Ask ask && ask.question() instanceof Question.Consult) {
        on(new Event.Answered(ask.id(), nothingKnown()));
      }
    }
  }

  /** Lets so many milliseconds go by in which nobody says anything. */
  private void tickFor(int millis) {
    for (int i = 0; i < millis / 10; i++) {
      now += SECOND / 100;
      on(new Event.Tick());
    }
  }

  /** Everything else that is asked for meanwhile stays without an answer. */
  private void takeOneChunkFrom(String giver) {
    int chunk = offerOneChunkOf(giver);
    on(new Event.ChunkDone(last(Action.FetchFrom.class).id(), chunk, giver));
  }

  private int offerOneChunkOf(String giver) {
    Action.Ask ask =
        seen.stream()
            .filter(Action.Ask.class::isInstance)
            .map(Action.Ask.class::cast)
            .filter(a -> a.question() instanceof Question.Locate)
            .findFirst()
            .orElseThrow();
    int chunk = ((Question.Locate) ask.question()).needs().getFirst().chunk();
    answer(ask, chunk, giver);
    return chunk;
  }

  private void answer(Action.Ask located, int chunk, String giver) {
    Answer.Place place = new Answer.Place(chunk, Answer.PlaceKind.CANDIDATES, List.of(giver), "");
    on(new Event.Answered(located.id(), new Answer.Located(List.of(place))));
  }

  /** As where each node's client is refused first, and comes back with a credential. */
  @Test
  void whoLetGoOfABlobMayFetchItWhenItAsksAgain() {
    pass(40); // This home can't have forgotten anything any more.
    BlobKey blob = wantOf(new Member("node-00", "", "", true), "own").key();

    assertThat(openedBy("node-01", blob)).isEqualTo(new Answer.Alone());
    for (String next : List.of("node-02", "node-01")) {
      openedBy(next, blob);
      Action.Ask revoke = last(Action.Ask.class);
      assertThat(revoke.question()).isEqualTo(new Question.Revoke(blob));
      on(
          new Event.Answered(
              revoke.id(),
              new Answer.Revoked(Answer.RevokeKind.NOT_FETCHING, Question.UNKNOWN_SIZE)));

      assertThat(last(Action.Reply.class)).isEqualTo(new Action.Reply(token, new Answer.Alone()));
    }
  }

  /** As where its client's token ended, and the client comes back with another. */
  @Test
  void whomUpstreamFailedMayFetchAsSoonAsItSaysThatItCan() {
    pass(40); // This home can't have forgotten anything any more.
    BlobKey blob = wantOf(new Member("node-00", "", "", true), "own").key();
    assertThat(openedBy("node-01", blob)).isEqualTo(new Answer.Alone());

    Question.Leasehold lease =
        new Question.Leasehold(Question.WHOLE, 0, Question.LeaseState.FAILED);
    Question failed = new Question.Report(blob, 0, SIZE, 0, List.of(lease));
    on(new Event.Asked(++token, "node-01", failed, Event.Local.NOTHING));

    assertThat(openedBy("node-01", blob, false)).isEqualTo(new Answer.Nobody());
    assertThat(openedBy("node-01", blob)).isEqualTo(new Answer.Alone());
  }

  private Answer openedBy(String node, BlobKey blob) {
    return openedBy(node, blob, true);
  }

  private Answer openedBy(String node, BlobKey blob, boolean canFetch) {
    Question open = new Question.Open(blob, true, canFetch, false, List.of());
    on(new Event.Asked(++token, node, open, Event.Local.NOTHING));
    return last(Action.Reply.class).answer();
  }

  private List<Action.Ask> probes() {
    return seen.stream()
        .filter(Action.Ask.class::isInstance)
        .map(Action.Ask.class::cast)
        .filter(ask -> ask.question() instanceof Question.Probe)
        .toList();
  }

  /** Something that a member is home of. */
  private static Event.Want wantOf(Member home, String what) {
    BlobKey blob =
        IntStream.range(0, 100)
            .mapToObj(i -> Cluster.key(what + i))
            .filter(key -> members(1, 4).placement().ranked(key.digest(), 0, 1).contains(home))
            .findFirst()
            .orElseThrow();
    return new Event.Want(blob, SIZE, Question.UNKNOWN_SIZE, new BitSet());
  }

  private List<Action.Ask> asksOf(Member member) {
    return seen.stream()
        .filter(Action.Ask.class::isInstance)
        .map(Action.Ask.class::cast)
        .filter(ask -> ask.to().equals(member))
        .toList();
  }

  private List<Action> askedByNode01() {
    Question probe = new Question.Probe(BLOB, 0, false);
    return on(new Event.Asked(++token, NODE_01.name(), probe, Event.Local.NOTHING));
  }

  private List<String> consultedBecauseOf(String previousHome) {
    int own =
        IntStream.range(0, 12)
            .filter(
                segment ->
                    members(1, 4)
                        .placement()
                        .home(BLOB.digest(), segment)
                        .filter(home -> home.name().equals("node-00"))
                        .isPresent())
            .findFirst()
            .orElseThrow();
    Question locate =
        new Question.Locate(
            BLOB, own, SIZE, 0, List.of(), List.of(), List.of(), true, true, previousHome);
    return on(new Event.Asked(++token, "node-01", locate, Event.Local.NOTHING)).stream()
        .filter(Action.Ask.class::isInstance)
        .map(Action.Ask.class::cast)
        .filter(ask -> ask.question() instanceof Question.Consult)
        .map(ask -> ask.to().name())
        .toList();
  }

  private static Answer nothingKnown() {
    return new Answer.Known(Question.UNKNOWN_SIZE, false, false, "", List.of(), List.of());
  }

  @Test
  void aChangeOfMembersAsksForTheInventory() {
    List<Action> actions = on(new Event.MembershipChanged(members(2, 6)));

    assertThat(actions).hasAtLeastOneElementOfType(Action.ListInventory.class);
  }

  @Test
  void theSameMembersAgainChangeNothing() {
    assertThat(on(new Event.MembershipChanged(members(2, 4))))
        .noneMatch(Action.ListInventory.class::isInstance);
  }

  @Test
  void onlyWhatChangedHomeIsToBeAnnouncedAnew() {
    List<Event.Content> held = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      held.add(new Event.Content(Cluster.key("held " + i).digest(), i + 1));
    }
    Membership before = members(1, 4);
    Membership after = members(2, 5);
    on(new Event.MembershipChanged(after));

    List<Action> actions = on(new Event.Inventory(held));

    List<Event.Content> moved =
        held.stream()
            .filter(
                content -> {
                  List<Member> known = before.placement().ranked(content.digest(), 0, 2);
                  return !known.containsAll(after.placement().ranked(content.digest(), 0, 2));
                })
            .toList();
    assertThat(moved).hasSizeBetween(1, 199);
    assertThat(actions).contains(new Action.NameKeys(moved));
  }

  @Test
  void whatIsStoredIsAnnouncedUnderItsRegistryAlone() {
    BlobKey key = Cluster.key("held");
    on(new Event.Stored(key, 7));
    pass(40);

    assertThat(announcements().stream().flatMap(a -> a.held().stream()))
        .isNotEmpty()
        .containsOnly(new Question.Held(key, 7));
  }

  @Test
  void plannersOfOneSnapshotShareItsPlacement() {
    Membership members = members(3, 5);

    assertThat(members.placement()).isSameAs(members.placement());
  }

  private static Membership members(long version, int count) {
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      members.add(new Member("node-0" + i, "", "", true));
    }
    return Membership.of(version, members);
  }

  private static Event.Want want() {
    return new Event.Want(BLOB, SIZE, Question.UNKNOWN_SIZE, new BitSet());
  }

  private List<Action> on(Event event) {
    List<Action> actions = planner.on(now, event);
    seen.addAll(actions);
    for (Action action : actions) {
      if (action instanceof Action.Ask ask && ask.question() instanceof Question.Locate locate) {
        locate.needs().forEach(need -> asked.add(need.chunk()));
      }
    }
    return actions;
  }

  /** Lets so many seconds go by, with everybody answering that there is nothing to say. */
  private void pass(int seconds) {
    for (int i = 0; i < seconds * 4; i++) {
      now += SECOND / 4;
      for (Action action : on(new Event.Tick())) {
        if (action instanceof Action.Ask ask) {
          on(new Event.Answered(ask.id(), new Answer.Noted()));
        }
      }
    }
  }

  private <A extends Action> A last(Class<A> kind) {
    return kind.cast(seen.stream().filter(kind::isInstance).toList().getLast());
  }

  /** The blob's home is another node. */
  private void answerOpen(Answer answer) {
    Action.Ask open = last(Action.Ask.class);
    assertThat(open.question()).isInstanceOf(Question.Open.class);
    on(new Event.Answered(open.id(), answer));
  }

  private void wantInACrowd() {
    on(want());
    answerOpen(new Answer.Crowd(SIZE, List.of()));
  }

  private void finishOneChunk() {
    for (Action action : List.copyOf(seen)) {
      if (action instanceof Action.Ask ask && ask.question() instanceof Question.Locate locate) {
        List<Answer.Place> places =
            locate.needs().stream()
                .map(
                    need ->
                        new Answer.Place(
                            need.chunk(), Answer.PlaceKind.LEASED, List.of(), "node-00"))
                .toList();
        on(new Event.Answered(ask.id(), new Answer.Located(places)));
        break;
      }
    }
    Action.FetchUpstream fetch = last(Action.FetchUpstream.class);
    on(new Event.ChunkDone(fetch.id(), (int) (fetch.start() / (4 * MIB)), "node-00"));
  }

  private List<Question.Announce> announcements() {
    return seen.stream()
        .filter(Action.Ask.class::isInstance)
        .map(action -> ((Action.Ask) action).question())
        .filter(Question.Announce.class::isInstance)
        .map(Question.Announce.class::cast)
        .toList();
  }
}
