package dev.tarn.server.membership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.placement.Member;
import dev.tarn.core.placement.Membership;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ClusterMembershipTest {
  private static final Member A = new Member("a", "z1", "10.0.0.1:5051", true);
  private static final Member B = new Member("b", "z2", "10.0.0.2:5051", true);
  private static final Member C = new Member("c", "z2", "10.0.0.3:5051", false);

  private final ScriptedSource source = new ScriptedSource();
  private final AtomicLong nanos = new AtomicLong();
  private final List<Membership> heard = new ArrayList<>();
  private final List<Throwable> failures = new ArrayList<>();

  @Test
  void nobodyIsKnownUntilTheSourceHasFoundSomebody() {
    ClusterMembership membership = started(local("a"));
    assertThat(membership.current().members()).isEmpty();
    assertThat(membership.self()).isEmpty();
    assertThat(membership.selfName()).isEqualTo("a");
  }

  @Test
  void aSnapshotIsSortedAndHasALargerVersionThanTheOneBefore() {
    ClusterMembership membership = started(local("a"));
    source.sink.found(List.of(B, A));
    Membership first = membership.current();
    source.sink.found(List.of(C, A, B));

    assertThat(first.members()).containsExactly(A, B);
    assertThat(membership.current().members()).containsExactly(A, B, C);
    assertThat(membership.current().version()).isGreaterThan(first.version());
    assertThat(heard).containsExactly(first, membership.current());
  }

  @Test
  void theSameMembersAgainAreNoNews() {
    ClusterMembership membership = started(local("a"));
    source.sink.found(List.of(A, B));
    Membership first = membership.current();

    source.sink.found(List.of(B, A));

    assertThat(membership.current()).isSameAs(first);
    assertThat(heard).hasSize(1);
  }

  @Test
  void aSourceThatFailsLeavesTheSnapshot() {
    ClusterMembership membership = started(local("a"));
    source.sink.found(List.of(A, B));

    source.sink.failed(new IOException("away"));

    assertThat(membership.current().members()).containsExactly(A, B);
    assertThat(failures).hasSize(1);
  }

  @Test
  void thisNodeIsTheMemberWithItsName() {
    ClusterMembership membership = started(local("b"));
    source.sink.found(List.of(A, B));
    assertThat(membership.self()).contains(B);
    assertThat(membership.zone()).isEqualTo("z2");
  }

  @Test
  void whereNoneHasItsNameThisNodeIsTheMemberAtAnAddressOfThisMachineAndItsPort() {
    Member onOtherPort = new Member("x", "", "10.0.0.2:6051", true);
    Member ipv6 = new Member("y", "", "[fd00::1]:5051", true);
    LocalNode local =
        new LocalNode("host", "configured", 5051, Set.of("10.0.0.2", "fd00:0:0:0:0:0:0:1"));

    ClusterMembership membership = started(local);
    source.sink.found(List.of(A, B, onOtherPort));
    assertThat(membership.selfName()).isEqualTo("b");

    source.sink.found(List.of(A, onOtherPort, ipv6));
    assertThat(membership.selfName()).isEqualTo("y");
    assertThat(membership.zone()).isEqualTo("configured");

    source.sink.found(List.of(A));
    assertThat(membership.selfName()).isEqualTo("host");
    assertThat(membership.self()).isEmpty();
  }

  @Test
  void whatThisNodeFoundOutGoesBeforeWhatTheSourceSays() {
    ClusterMembership membership = started(local("a"));
    source.sink.found(List.of(A, B, C));
    assertThat(membership.stateOf(B)).isEqualTo(MemberState.READY);

    membership.avoid("b", 100);
    membership.avoid("c", 100);

    assertThat(membership.stateOf(B)).isEqualTo(MemberState.AVOIDED);
    assertThat(membership.stateOf(C)).isEqualTo(MemberState.NOT_READY);
    nanos.set(100);
    assertThat(membership.stateOf(B)).isEqualTo(MemberState.READY);
  }

  @Test
  void aWaitThatEndsEarlyIsOver() {
    ClusterMembership membership = started(local("a"));
    source.sink.found(List.of(A, B));
    membership.avoid("b", 100);

    membership.avoid("b", nanos.get());

    assertThat(membership.stateOf(B)).isEqualTo(MemberState.READY);
  }

  @Test
  void whoLeavesAndComesBackStartsAnew() {
    ClusterMembership membership = started(local("a"));
    source.sink.found(List.of(A, B));
    membership.avoid("b", 100);

    source.sink.found(List.of(A));
    source.sink.found(List.of(A, B));

    assertThat(membership.stateOf(B)).isEqualTo(MemberState.READY);
  }

  @Test
  void closingEndsTheSource() {
    ClusterMembership membership = started(local("a"));
    membership.close();
    assertThat(source.closed).isTrue();
  }

  @Test
  void aSnapshotIsAsOldAsItsSourceSays() {
    ClusterMembership membership = started(local("a"));
    source.age = Duration.ofSeconds(90);
    assertThat(membership.age()).hasSeconds(90);
  }

  private ClusterMembership started(LocalNode local) {
    ClusterMembership membership = new ClusterMembership(source, local, nanos::get);
    membership.listen(
        new MembershipListener() {
          @Override
          public void changed(Membership before, Membership after) {
            heard.add(after);
          }

          @Override
          public void sourceFailed(Throwable cause) {
            failures.add(cause);
          }
        });
    membership.start();
    return membership;
  }

  private static LocalNode local(String name) {
    return new LocalNode(name, "", 5051, Set.of());
  }

  /** Reports what a test tells it to. */
  private static final class ScriptedSource implements MemberSource {
    Sink sink = new RecordingSink();
    boolean closed;
    Duration age = Duration.ZERO;

    @Override
    public void start(Sink given) {
      sink = given;
    }

    @Override
    public Duration age() {
      return age;
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
