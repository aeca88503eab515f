package dev.tarn.agent.follow;

import static dev.tarn.agent.follow.World.DOCKER;
import static dev.tarn.agent.follow.World.DRAINING;
import static dev.tarn.agent.follow.World.QUAY;
import static dev.tarn.agent.follow.World.READY;
import static dev.tarn.agent.follow.World.ROOT;
import static dev.tarn.agent.follow.World.SILENT;
import static dev.tarn.agent.follow.World.STARTING;
import static dev.tarn.agent.follow.World.STRANGER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.agent.containerd.Prospect;
import dev.tarn.agent.hosts.Target;
import dev.tarn.agent.hosts.UpstreamHost;
import dev.tarn.agent.mirror.Answer;
import dev.tarn.agent.mirror.Seen;
import dev.tarn.agent.tree.Standing;
import dev.tarn.core.name.RegistryHost;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FollowerTest {
  private static final long MINUTE = 60_000;

  /** What flapping health and other controllers may cost an entry in any minute. */
  private static final int MOST_WRITES_A_MINUTE = 24;

  @Test
  void theEntryIsPutWhenTheMirrorIsReady() {
    World world = new World(DOCKER, QUAY);

    world.settle();

    assertThat(world.stands(DOCKER)).isTrue();
    assertThat(world.stands(QUAY)).isTrue();
    assertThat(world.told).containsExactly(0, 2);
  }

  @Test
  void whileNothingHappensNothingIsDoneButAsking() {
    World world = new World(DOCKER);
    world.follower.watched(true);
    world.pass(5 * MINUTE);
    int before = world.actions;

    world.pass(10 * MINUTE);

    // 300 questions; every 30 s a sweep and a look.
    assertThat(world.actions - before).isBetween(335, 345);
    assertThat(world.writes()).isEqualTo(1);
    assertThat(world.reports).filteredOn(report -> report instanceof Report.Stood).hasSize(1);
  }

  @Test
  void aMirrorThatIsNotReadyForLongerThanTheGraceTimeLosesItsEntry() {
    World world = new World(DOCKER);
    world.pass(5_000);

    world.mirror = () -> SILENT;
    world.pass(11_000);
    assertThat(world.stands(DOCKER)).isTrue();
    world.pass(2_000);
    assertThat(world.stands(DOCKER)).isFalse();

    world.mirror = () -> READY;
    world.pass(2_000);
    assertThat(world.stands(DOCKER)).isTrue();
  }

  @Test
  void aShortRestartOfTheMirrorIsNotNoticed() {
    World world = new World(DOCKER);
    world.pass(10_000);

    for (int i = 0; i < 20; i++) {
      world.mirror = () -> SILENT;
      world.pass(4_000);
      world.mirror = () -> STARTING;
      world.pass(4_000);
      world.mirror = () -> READY;
      world.pass(4_000);
    }

    assertThat(world.writes()).isEqualTo(1);
  }

  @Test
  void aStrangerLosesTheEntryAtOnce() {
    World world = new World(DOCKER);
    world.settle();

    world.mirror = () -> STRANGER;
    world.pass(2_000);

    assertThat(world.stands(DOCKER)).isFalse();
    assertThat(world.told.getLast()).isZero();
  }

  @Test
  void aMirrorThatIsAboutToEndIsToldAtOnceThatNothingStands() {
    World world = new World(DOCKER, QUAY);
    world.settle();

    world.mirror = () -> DRAINING;
    world.now = world.follower.wakeAt();
    world.settle();

    assertThat(world.stands(DOCKER)).isFalse();
    assertThat(world.told).endsWith(2, 0);
  }

  @Test
  void nothingIsPutForAStranger() {
    World world = new World(DOCKER);
    world.mirror = () -> STRANGER;

    world.pass(10 * MINUTE);

    assertThat(world.writes()).isZero();
  }

  @Test
  void whatStandsFromBeforeStaysForTheGraceTime() {
    World world = new World(DOCKER);
    world.root().restore(DOCKER);
    world.mirror = () -> SILENT;

    world.pass(9_000);
    assertThat(world.stands(DOCKER)).isTrue();
    assertThat(world.told.getFirst()).isEqualTo(1);
    world.pass(4_000);
    assertThat(world.stands(DOCKER)).isFalse();
  }

  @Test
  void atTheEndEverythingIsTakenBackAndTold() {
    World world = new World(DOCKER, QUAY);
    world.settle();

    world.follower.end(world.now);
    world.settle();

    assertThat(world.ended).isTrue();
    assertThat(world.root().standing()).isEmpty();
    assertThat(world.told.getLast()).isZero();
  }

  @Test
  void theEndDoesNotNeedTheMirror() {
    World world = new World(DOCKER);
    world.settle();
    world.mirror = () -> SILENT;

    world.follower.end(world.now);
    world.settle();

    assertThat(world.ended).isTrue();
    assertThat(world.root().standing()).isEmpty();
  }

  @Test
  void theEndIsTriedForSecondsWhereTheDiskRefuses() {
    World world = new World(DOCKER);
    world.settle();
    world.root().fail(true);
    world.follower.end(world.now);

    world.pass(1_000);
    assertThat(world.ended).isFalse();
    world.root().fail(false);
    world.pass(1_000);

    assertThat(world.ended).isTrue();
    assertThat(world.root().standing()).isEmpty();
  }

  @Test
  void theEndComesEvenIfTheDiskRefusesForEver() {
    World world = new World(DOCKER);
    world.settle();
    world.root().fail(true);
    world.follower.end(world.now);

    world.pass(4_000);

    assertThat(world.ended).isTrue();
    assertThat(world.told.getLast()).isEqualTo(1);
    assertThat(world.follower.standing()).isEqualTo(1);
  }

  @Test
  void registriesThatLeftTheConfigurationAreTakenBack() {
    World world = new World(QUAY);
    world.root().restore(DOCKER);
    world.mirror = () -> SILENT;

    world.settle();

    assertThat(world.stands(DOCKER)).isFalse();
  }

  @Test
  void rootsThatContainerdLeftAreClearedAndNewOnesFilled() {
    World world = new World(DOCKER);
    world.settle();
    world.roots.put("/new", new FakeEntries());

    world.follower.found(
        Set.of(new Place("/new", DOCKER)), List.of("/new"), new Prospect.Effective(), world.now);
    world.settle();

    assertThat(world.stands(DOCKER)).isFalse();
    assertThat(world.roots.get("/new").standing()).containsExactly(DOCKER);
    assertThat(world.told.getLast()).isEqualTo(1);
  }

  @Test
  void whatSomebodyTakesAwayIsPutRightAtOnce() {
    World world = new World(DOCKER);
    world.pass(20_000);

    world.root().wipe(DOCKER);
    world.follower.changed(world.now);
    world.pass(1_100);

    assertThat(world.stands(DOCKER)).isTrue();
    assertThat(world.reports).contains(new Report.Drifted(new Place(ROOT, DOCKER), 1));
  }

  @Test
  void whatSomebodyTakesAwayIsFoundWithoutBeingToldOfIt() {
    World world = new World(DOCKER);
    world.pass(20_000);

    world.root().wipe(DOCKER);
    world.pass(5_100);

    assertThat(world.stands(DOCKER)).isTrue();
  }

  @Test
  void twoControllersNeverFightAtFullSpeed() {
    World world = new World(DOCKER);
    world.pass(20_000);

    fight(world, 10 * MINUTE);
    assertThat(world.writes()).isLessThan(25);
    assertThat(world.writesWithin(5 * MINUTE)).isBetween(4L, 5L);

    // A quiet hour, and a change is put right at once again.
    world.pass(60 * MINUTE);
    assertThat(world.stands(DOCKER)).isTrue();
    world.root().wipe(DOCKER);
    world.follower.changed(world.now);
    world.pass(1_100);
    assertThat(world.stands(DOCKER)).isTrue();
  }

  private static void fight(World world, long millis) {
    long end = world.now + millis;
    while (world.now < end) {
      world.root().wipe(DOCKER);
      world.follower.changed(world.now);
      world.pass(100);
    }
  }

  @Test
  void aStormOfChangesIsLookedAtOnceASecond() {
    World world = new World(DOCKER);
    world.pass(20_000);
    int before = world.actions;

    for (int i = 0; i < 6_000; i++) {
      world.follower.changed(world.now);
      world.pass(10);
    }

    // A minute: a sweep and a look each second, and thirty questions.
    assertThat(world.actions - before).isLessThan(155);
  }

  @ParameterizedTest
  @ValueSource(longs = {2_000, 4_000, 12_000, 14_000, 30_000})
  void flappingHealthCostsFewWrites(long period) {
    World world = new World(DOCKER);

    for (int i = 0; i < 40 * MINUTE / period; i++) {
      world.mirror = () -> READY;
      world.pass(period / 2);
      Answer bad = i % 2 == 0 ? STRANGER : DRAINING;
      world.mirror = () -> bad;
      world.pass(period / 2);
      assertThat(world.writesWithin(MINUTE)).isLessThanOrEqualTo(14);
    }
    assertThat(world.writesWithin(20 * MINUTE)).isLessThanOrEqualTo(45);

    world.mirror = () -> READY;
    world.pass(62_000);
    assertThat(world.stands(DOCKER)).isTrue();
  }

  @Test
  void whatIsLeftAloneIsTriedAgainWhenItChanged() {
    World world = new World(DOCKER);
    world.root().spoil(DOCKER, "not TOML");
    world.pass(MINUTE);
    assertThat(world.stands(DOCKER)).isFalse();
    assertThat(world.reports)
        .filteredOn(report -> report instanceof Report.Stood)
        .containsExactly(
            new Report.Stood(new Place(ROOT, DOCKER), new Standing.LeftAlone("not TOML")));

    world.root().mend(DOCKER);
    world.follower.changed(world.now);
    world.pass(2_000);

    assertThat(world.stands(DOCKER)).isTrue();
  }

  @Test
  void aDiskThatRefusesIsTriedAgainMoreAndMoreSeldom() {
    World world = new World(DOCKER);
    world.root().fail(true);
    world.pass(10 * MINUTE);
    int before = world.actions;

    world.pass(10 * MINUTE);
    assertThat(world.actions - before).isLessThan(300 + 2 * 120 + 15);
    assertThat(world.reports).filteredOn(report -> report instanceof Report.Stood).hasSize(1);

    world.root().fail(false);
    world.pass(61_000);
    assertThat(world.stands(DOCKER)).isTrue();
  }

  @Test
  void whomOperatorsNameIsKnown() {
    World world = new World(DOCKER, QUAY, new Target.OfAllOthers());
    world.settle();
    UpstreamHost harbor = new UpstreamHost(URI.create("https://harbor.example"), Optional.empty());
    world.root().name(DOCKER, harbor, FakeEntries.REGISTRY);
    world.pass(6_000);

    assertThat(world.follower.upstreams())
        .containsOnlyKeys(RegistryHost.DOCKER_HUB, new RegistryHost("quay.io"))
        .containsEntry(RegistryHost.DOCKER_HUB, List.of(harbor, FakeEntries.REGISTRY));

    world.mirror = () -> DRAINING;
    world.pass(3_000);
    assertThat(world.follower.upstreams()).hasSize(2);

    world.choose(QUAY);
    assertThat(world.follower.upstreams()).containsOnlyKeys(new RegistryHost("quay.io"));
  }

  @Test
  void aRequestSinceTheEntryStandsProvesThatItTakesEffect() {
    World world = new World(DOCKER);
    world.follower.found(
        Set.of(new Place(ROOT, DOCKER)),
        List.of(ROOT),
        new Prospect.Ineffective("no config_path", "set it"),
        world.now);
    world.mirror = () -> seen(5, 60); // From before it stood.
    world.pass(10_000);
    assertThat(world.follower.verdict())
        .isEqualTo(new Verdict.Ineffective("no config_path", "set it"));

    world.mirror = () -> seen(6, 1);
    world.pass(2_000);
    assertThat(world.follower.verdict())
        .isEqualTo(new Verdict.Effective("containerd/2.1.4 came for docker.io"));
    assertThat(world.reports)
        .contains(new Report.Judged(new Verdict.Effective("containerd/2.1.4 came for docker.io")));

    world.mirror = () -> STRANGER;
    world.pass(2_000);
    assertThat(world.follower.verdict()).isInstanceOf(Verdict.Ineffective.class);
  }

  @Test
  void aRequestInTheFirstSecondCountsByItsNumber() {
    World world = new World(DOCKER);
    world.mirror = () -> seen(5, 60);
    world.pass(2_500);
    world.mirror = () -> seen(6, 4);
    world.pass(2_000);

    assertThat(world.follower.verdict()).isInstanceOf(Verdict.Effective.class);
  }

  @Test
  void theFirstRequestEverCountsInTheFirstSecondToo() {
    World world = new World(DOCKER);
    world.pass(2_500);
    world.mirror = () -> seen(1, 4);
    world.pass(2_000);

    assertThat(world.follower.verdict()).isInstanceOf(Verdict.Effective.class);
  }

  @Test
  void aMirrorThatWasStartedAnewCountsFromNothing() {
    World world = new World(DOCKER);
    world.mirror = () -> seen(5, 60);
    world.pass(2_500);
    world.mirror = () -> READY;
    world.pass(2_000);
    assertThat(world.follower.verdict()).isInstanceOf(Verdict.Unknown.class);
    world.mirror = () -> seen(3, 6);
    world.pass(2_000);

    assertThat(world.follower.verdict()).isInstanceOf(Verdict.Effective.class);
  }

  @Test
  void requestsFromBeforeTheEntryStoodProveNothing() {
    World world = new World(DOCKER);
    world.mirror = () -> seen(5, world.now / 1_000);
    world.pass(10_000);

    assertThat(world.follower.verdict()).isInstanceOf(Verdict.Unknown.class);
  }

  @Test
  void whereEverythingIsLeftAloneNothingTakesEffect() {
    World world = new World(DOCKER, QUAY);
    world.root().spoil(DOCKER, "/certs.d/docker.io/hosts.toml: not TOML");
    world.pass(2_000);
    assertThat(world.follower.verdict()).isInstanceOf(Verdict.Unknown.class);

    world.root().spoil(QUAY, "/certs.d/quay.io/hosts.toml: not TOML either");
    world.follower.changed(world.now);
    world.pass(2_000);
    assertThat(world.follower.verdict())
        .isEqualTo(
            new Verdict.Ineffective(
                "every registry is left alone, as what stands there says:"
                    + " /certs.d/docker.io/hosts.toml: not TOML",
                "change what stands there, or configure other registries"));

    world.mirror = () -> DRAINING;
    world.pass(2_000);
    assertThat(world.follower.verdict())
        .isEqualTo(new Verdict.Unknown("no entry stands: the mirror is about to end", "wait"));

    world.mirror = () -> READY;
    world.root().mend(QUAY);
    world.follower.changed(world.now);
    world.pass(10_000);
    assertThat(world.follower.verdict()).isInstanceOf(Verdict.Unknown.class);
    assertThat(world.stands(QUAY)).isTrue();
  }

  @Test
  void aRequestForAnotherRegistryProvesOnlyWhatStandsForAll() {
    World world = new World(QUAY);
    world.pass(10_000);
    world.mirror = () -> seen(1, 0);
    world.pass(2_000);
    assertThat(world.follower.verdict()).isInstanceOf(Verdict.Unknown.class);

    world.choose(QUAY, new Target.OfAllOthers());
    world.pass(6_000);
    assertThat(world.follower.verdict()).isInstanceOf(Verdict.Effective.class);
  }

  @Test
  void aPullThatCameProvesItWhileAnEntryStands() {
    World world = new World(DOCKER);
    world.mirror = () -> STARTING;
    world.settle();
    world.follower.tried(Optional.of(new Prospect.Effective()));
    assertThat(world.follower.verdict()).isInstanceOf(Verdict.Unknown.class);

    world.mirror = () -> READY;
    world.pass(2_000);

    assertThat(world.follower.verdict())
        .isEqualTo(new Verdict.Effective("containerd came for the canary"));
    world.follower.tried(Optional.empty());
    assertThat(world.follower.verdict()).isInstanceOf(Verdict.Unknown.class);
  }

  @Test
  void aPullGoesBeforeTheConfigurationAndARequestBeforeBoth() {
    World world = new World(DOCKER);
    world.pass(5_000);
    world.follower.tried(Optional.of(new Prospect.Ineffective("why", "fix")));
    assertThat(world.follower.verdict()).isEqualTo(new Verdict.Ineffective("why", "fix"));

    world.follower.found(
        Set.of(new Place(ROOT, DOCKER)),
        List.of(ROOT),
        new Prospect.Ineffective("empty", "set it"),
        world.now);
    world.follower.tried(Optional.of(new Prospect.Effective()));
    assertThat(world.follower.verdict()).isInstanceOf(Verdict.Effective.class);
    world.follower.tried(Optional.of(new Prospect.Unknown("silent", "again")));
    assertThat(world.follower.verdict()).isEqualTo(new Verdict.Ineffective("empty", "set it"));

    world.choose(DOCKER);
    assertThat(world.follower.verdict())
        .isEqualTo(new Verdict.Unknown("the canary: silent", "again"));
    world.pass(5_000);
    world.mirror = () -> seen(RegistryHost.DOCKER_HUB, 1, 0);
    world.pass(2_000);
    assertThat(world.follower.verdict()).isInstanceOf(Verdict.Effective.class);
  }

  @Test
  void aPullIsWantedWhileEntriesStandAndNobodyCame() {
    World world = new World(DOCKER);
    assertThat(world.scene().root()).isEmpty();
    assertThat(world.scene().prepared()).isFalse();

    world.pass(5_000);
    assertThat(world.scene().root()).contains(ROOT);
    assertThat(world.scene().prepared()).isTrue();

    world.mirror = () -> seen(RegistryHost.DOCKER_HUB, 1, 0);
    world.pass(2_000);
    assertThat(world.scene().root()).isEmpty();
    assertThat(world.scene().prepared()).isTrue();

    world.mirror = () -> SILENT;
    world.pass(2_000);
    assertThat(world.scene().prepared()).isFalse();
  }

  @Test
  void aNodeIsPreparedWhenEveryEntryStandsThatCan() {
    World world = new World(DOCKER, QUAY);
    world.root().spoil(QUAY, "a client certificate");
    world.pass(5_000);
    assertThat(world.scene().prepared()).isTrue();

    World failing = new World(DOCKER);
    failing.root().fail(true);
    failing.pass(5_000);
    assertThat(failing.scene().prepared()).isFalse();

    World unread = new World(DOCKER);
    unread.follower.found(
        Set.of(new Place(ROOT, DOCKER)),
        List.of(ROOT),
        new Prospect.Unknown("it depends", "tell"),
        0);
    unread.pass(5_000);
    assertThat(unread.stands(DOCKER)).isTrue();
    assertThat(unread.scene().prepared()).isFalse();
    assertThat(unread.scene().root()).contains(ROOT);
  }

  private static Answer seen(RegistryHost registry, long count, long secondsAgo) {
    return new Answer.Proven(
        Answer.State.READY, List.of(new Seen(registry, count, secondsAgo, "containerd/2.1.4")));
  }

  @Test
  void whatWasProvenIsDoubtedWhenContainerdIsConfiguredAnew() {
    World world = new World(DOCKER);
    world.pass(10_000);
    world.mirror = () -> seen(1, 1);
    world.pass(2_000);
    world.mirror = () -> seen(1, 100);

    world.follower.found(
        Set.of(new Place(ROOT, DOCKER)),
        List.of(ROOT),
        new Prospect.Unknown("a new file", "restart it"),
        world.now);
    world.pass(2_000);

    assertThat(world.follower.verdict()).isEqualTo(new Verdict.Unknown("a new file", "restart it"));
  }

  /** Everything at random; what must hold, holds at every instant. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void whateverHappens(int seed) {
    Random random = new Random(seed);
    World world = new World(DOCKER, QUAY);
    Answer[] answers = {READY, READY, READY, STARTING, DRAINING, STRANGER, SILENT};
    Target[] targets = {DOCKER, QUAY, new Target.OfAllOthers()};
    long notReadySince = 0;
    Answer current = READY;
    for (int step = 0; step < 3_000; step++) {
      switch (random.nextInt(8)) {
        case 0, 1 -> {
          Answer next = answers[random.nextInt(answers.length)];
          if (current.equals(READY) && !next.equals(READY)) {
            notReadySince = world.now;
          }
          current = next;
          world.mirror = () -> next;
        }
        case 2 -> world.root().wipe(targets[random.nextInt(targets.length)]);
        case 3 -> world.root().restore(targets[random.nextInt(targets.length)]);
        case 4 -> world.root().spoil(DOCKER, "not TOML");
        case 5 -> world.root().mend(DOCKER);
        case 6 -> world.root().fail(random.nextInt(4) == 0);
        default -> world.follower.changed(world.now);
      }
      world.pass(random.nextInt(random.nextInt(10) == 0 ? 200_000 : 3_000));
      assertThat(world.writesWithin(MINUTE))
          .as("writes, seed %d, step %d", seed, step)
          .isLessThanOrEqualTo(3 * MOST_WRITES_A_MINUTE);
      boolean gone = !current.equals(READY) && world.now - notReadySince > 140_000;
      if (gone) {
        // Nobody interferes for as long as a correction may have to wait.
        world.root().fail(false);
        world.pass(130_000);
        assertThat(world.root().standing()).as("seed %d, step %d", seed, step).isEmpty();
      }
    }
    world.root().fail(false);
    world.root().mend(DOCKER);
    world.mirror = () -> READY;
    world.pass(200_000);
    assertThat(world.root().standing()).containsExactlyInAnyOrder(DOCKER, QUAY);

    world.root().restore(new Target.OfAllOthers());
    world.follower.end(world.now);
    world.pass(4_000);
    assertThat(world.ended).isTrue();
    assertThat(world.root().standing()).isEmpty();
  }

  private static Answer seen(long count, long secondsAgo) {
    Seen seen = new Seen(RegistryHost.DOCKER_HUB, count, secondsAgo, "containerd/2.1.4");
    return new Answer.Proven(Answer.State.READY, List.of(seen));
  }
}
