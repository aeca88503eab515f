package dev.tarn.server.membership.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.placement.Member;
import dev.tarn.server.membership.kubernetes.Slice.Condition;
import dev.tarn.server.membership.kubernetes.Slice.Endpoint;
import dev.tarn.server.membership.kubernetes.Slice.Family;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SliceMergeTest {
  private static final int DEFAULT_PORT = 5051;

  @Test
  void endpointsOfAllSlicesAreMembers() {
    Slice one = slice("one", Family.IPV4, 6051, endpoint("a", "10.0.0.1", Condition.SERVING));
    Slice two = slice("two", Family.IPV4, 0, endpoint("b", "10.0.0.2", Condition.NOT_SERVING));

    assertThat(SliceMerge.members(List.of(one, two), DEFAULT_PORT))
        .containsExactlyInAnyOrder(
            new Member("a", "zone", "10.0.0.1:6051", true),
            new Member("b", "zone", "10.0.0.2:5051", false));
  }

  @Test
  void noSlicesHaveNoMembers() {
    assertThat(SliceMerge.members(List.of(), DEFAULT_PORT)).isEmpty();
    assertThat(SliceMerge.members(List.of(slice("empty", Family.IPV4, 0)), DEFAULT_PORT)).isEmpty();
  }

  @Test
  void aNodeInBothFamiliesIsOneMemberAtItsIpv4Address() {
    Slice six = slice("six", Family.IPV6, 0, endpoint("a", "fd00::1", Condition.SERVING));
    Slice four = slice("four", Family.IPV4, 0, endpoint("a", "10.0.0.1", Condition.SERVING));

    assertThat(SliceMerge.members(List.of(six, four), DEFAULT_PORT))
        .containsExactly(new Member("a", "zone", "10.0.0.1:5051", true));
    assertThat(SliceMerge.members(List.of(six), DEFAULT_PORT))
        .containsExactly(new Member("a", "zone", "[fd00::1]:5051", true));
  }

  @Test
  void whileAPodIsReplacedTheOneThatServesCounts() {
    Slice slice =
        slice(
            "one",
            Family.IPV4,
            0,
            endpoint("a", "10.0.0.1", Condition.TERMINATING),
            endpoint("a", "10.0.0.9", Condition.SERVING),
            endpoint("b", "10.0.0.2", Condition.TERMINATING),
            endpoint("b", "10.0.0.8", Condition.NOT_SERVING),
            endpoint("c", "10.0.0.3", Condition.TERMINATING));

    assertThat(SliceMerge.members(List.of(slice), DEFAULT_PORT))
        .containsExactlyInAnyOrder(
            new Member("a", "zone", "10.0.0.9:5051", true),
            new Member("b", "zone", "10.0.0.8:5051", false),
            new Member("c", "zone", "10.0.0.3:5051", false));
  }

  @Test
  void theOrderOfSlicesAndEndpointsMakesNoDifference() {
    Random random = new Random(11);
    List<Condition> conditions = List.of(Condition.values());
    List<Endpoint> endpoints = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      Condition condition = conditions.get(random.nextInt(conditions.size()));
      endpoints.add(endpoint("node-" + random.nextInt(20), "10.0.0." + i, condition));
    }
    Set<Member> expected = Set.copyOf(SliceMerge.members(slices(endpoints), DEFAULT_PORT));

    for (int i = 0; i < 50; i++) {
      Collections.shuffle(endpoints, random);
      assertThat(Set.copyOf(SliceMerge.members(slices(endpoints), DEFAULT_PORT)))
          .isEqualTo(expected);
    }
  }

  private static List<Slice> slices(List<Endpoint> endpoints) {
    int half = endpoints.size() / 2;
    return List.of(
        new Slice("one", "1", Family.IPV4, 0, endpoints.subList(0, half)),
        new Slice("two", "2", Family.IPV4, 0, endpoints.subList(half, endpoints.size())));
  }

  private static Slice slice(String name, Family family, int port, Endpoint... endpoints) {
    return new Slice(name, "1", family, port, List.of(endpoints));
  }

  private static Endpoint endpoint(String node, String address, Condition condition) {
    return new Endpoint(node, "zone", address, condition);
  }
}
