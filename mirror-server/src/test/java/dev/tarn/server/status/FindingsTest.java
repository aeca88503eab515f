package dev.tarn.server.status;

import static dev.tarn.server.status.MemberFacts.State.AVOIDED;
import static dev.tarn.server.status.MemberFacts.State.NOT_READY;
import static dev.tarn.server.status.MemberFacts.State.READY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.status.NodeFacts.Agent;
import dev.tarn.server.status.NodeFacts.Effect;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What facts mean: each finding where it is due, and none where it is not. */
class FindingsTest {
  private final SampleFacts given = new SampleFacts();

  private List<FindingCode> codes() {
    return given.status().findings().stream().map(Finding::code).toList();
  }

  @Test
  void whereAllIsWellNothingIsSaid() {
    assertThat(given.status().findings()).isEmpty();
    assertThat(given.status().verdict()).isEqualTo(Verdict.FINE);
  }

  @Test
  void aNodeThatIsNotReadySaysSo() {
    given.ready = false;

    assertThat(codes()).containsExactly(FindingCode.NOT_READY);
  }

  @ParameterizedTest
  @CsvSource({"29, false", "30, true", "3000, true"})
  void anUpstreamIsFailingAfterHalfAMinute(long seconds, boolean expected) {
    given.registries = List.of(SampleFacts.failing(SampleFacts.NOW.minusSeconds(seconds)));

    assertThat(codes().contains(FindingCode.UPSTREAM_FAILING)).isEqualTo(expected);
    if (expected) {
      assertThat(given.status().verdict()).isEqualTo(Verdict.TROUBLE);
      assertThat(given.status().findings().getFirst())
          .satisfies(finding -> assertThat(finding.subject()).isEqualTo("docker.io"))
          .satisfies(finding -> assertThat(finding.text()).contains("connect"));
    }
  }

  @Test
  void aRegistryThatLimitsTheRateIsNamed() {
    given.registries =
        List.of(
            new RegistryFacts(
                "docker.io",
                RegistryFacts.State.LIMITED,
                Optional.of(SampleFacts.NOW),
                OptionalInt.of(429),
                Optional.empty(),
                Optional.empty(),
                OptionalLong.of(0)));

    assertThat(codes()).containsExactly(FindingCode.UPSTREAM_RATE_LIMITED);
    assertThat(given.status().findings().getFirst().text()).contains("0 requests remain");
  }

  @ParameterizedTest
  @CsvSource({
    "true, 0, DISK_FULL",
    "true, 536870911, DISK_FULL",
    "true, 536870912, DISK_SQUEEZED",
    "false, 0, "
  })
  void aDiskIsSqueezedOrFull(boolean squeezed, long limit, FindingCode expected) {
    given.store = new NodeFacts.Store(1, 1, 0, limit, squeezed, Optional.empty());

    assertThat(codes()).isEqualTo(expected == null ? List.of() : List.of(expected));
  }

  @ParameterizedTest
  @CsvSource({"1, ATTENTION", "2, ATTENTION", "3, TROUBLE"})
  void blobsThatChangedOnDiskAreTheWorseTheMore(long blobs, Verdict expected) {
    given.lastHour = SampleFacts.figures(Figure.CORRUPT_BLOBS, blobs);

    assertThat(codes()).containsExactly(FindingCode.CORRUPT_BLOBS);
    assertThat(given.status().verdict()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "EFFECTIVE, , FINE",
    "UNKNOWN, , FINE",
    "INEFFECTIVE, AGENT_INEFFECTIVE, TROUBLE",
    "SILENT, AGENT_SILENT, ATTENTION"
  })
  void theAgentsWordCounts(Effect effect, FindingCode expected, Verdict verdict) {
    given.agent = Optional.of(new Agent(7, 99, effect, List.of()));

    assertThat(codes()).isEqualTo(expected == null ? List.of() : List.of(expected));
    assertThat(given.status().verdict()).isEqualTo(verdict);
  }

  @Test
  void whatTheAgentFoundAndCannotBeFollowedIsNamed() {
    given.agent = Optional.of(new Agent(7, 2, Effect.EFFECTIVE, List.of("quay.io", "unknown")));

    assertThat(given.status().findings())
        .extracting(Finding::subject)
        .containsExactly("quay.io", "unknown");
  }

  @Test
  void aListOfMembersGrowsStale() {
    given.members = Optional.of(SampleFacts.members(299, true, READY));
    assertThat(codes()).isEmpty();

    given.members = Optional.of(SampleFacts.members(300, true, READY));
    assertThat(codes()).containsExactly(FindingCode.MEMBERSHIP_STALE);
  }

  @Test
  void aNodeThatNobodyKnowsSaysSo() {
    given.members = Optional.of(SampleFacts.members(1, false, READY, READY));
    assertThat(codes()).containsExactly(FindingCode.NOT_A_MEMBER);

    given.members = Optional.of(SampleFacts.members(1, false));
    assertThat(codes()).as("it knows nobody yet").isEmpty();
  }

  @Test
  void oneMemberThatFailsIsNotTheNetwork() {
    given.members = Optional.of(SampleFacts.members(1, true, READY, AVOIDED));
    assertThat(codes()).isEmpty();

    given.members = Optional.of(SampleFacts.members(1, true, READY, AVOIDED, AVOIDED, READY));
    assertThat(codes()).containsExactly(FindingCode.PEERS_UNREACHABLE);

    given.members =
        Optional.of(SampleFacts.members(1, true, READY, AVOIDED, AVOIDED, READY, READY, READY));
    assertThat(codes()).isEmpty();

    given.members = Optional.of(SampleFacts.members(1, true, READY, NOT_READY, NOT_READY));
    assertThat(codes()).as("its source says so itself").isEmpty();
  }

  @Test
  void handshakesThatFailAreToldAndClocksWhereTheyAreToBlame() {
    given.lastMinutes = SampleFacts.figures(Figure.HANDSHAKES_FAILED, 3);
    assertThat(codes()).containsExactly(FindingCode.PEERS_HANDSHAKE_FAILING);

    given.lastMinutes = Figures.of(figure -> figure.name().startsWith("HANDSHAKES") ? 1 : 0);
    assertThat(codes())
        .containsExactly(FindingCode.PEERS_HANDSHAKE_FAILING, FindingCode.CLOCK_WRONG);
  }

  @ParameterizedTest
  @CsvSource({"P1D, FINE", "PT23H59M, ATTENTION", "PT0S, TROUBLE", "-PT1H, TROUBLE"})
  void aCertificateIsRenewedInTimeOrNot(Duration left, Verdict expected) {
    given.expires = Optional.of(SampleFacts.NOW.plus(left));

    assertThat(given.status().verdict()).isEqualTo(expected);
  }

  @Test
  void contentThatCannotBeReadAndConnectionsThatAreTooMany() {
    given.containerdUnreadable = true;
    given.lastHour = SampleFacts.figures(Figure.CONNECTIONS_REFUSED, 1);

    assertThat(codes())
        .containsExactly(FindingCode.CONTAINERD_UNREADABLE, FindingCode.CONNECTIONS_REFUSED);
  }

  @Test
  void theWorstComesFirst() {
    given.ready = false;
    given.agent = Optional.of(new Agent(7, 1, Effect.INEFFECTIVE, List.of()));

    assertThat(codes()).containsExactly(FindingCode.AGENT_INEFFECTIVE, FindingCode.NOT_READY);
  }
}
