package dev.tarn.server.membership.kubernetes;

import dev.tarn.core.placement.Member;
import dev.tarn.server.membership.HostPort;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes one list of members of the slices of a Service, one member a node. Pure: the order of
 * slices and endpoints makes no difference, so every node comes to the same list.
 *
 * <p>A node can be there several times: while its pod is replaced, in two slices at once while an
 * endpoint moves between them, and once for each address family. The pod in the best condition
 * counts, then IPv4 before IPv6, then the smallest address.
 */
final class SliceMerge {
  private static final Comparator<Candidate> BEST_FIRST =
      Comparator.comparing((Candidate candidate) -> candidate.endpoint().condition())
          .thenComparing(candidate -> candidate.slice().family())
          .thenComparing(candidate -> candidate.endpoint().address());

  private record Candidate(Slice slice, Slice.Endpoint endpoint) {}

  private SliceMerge() {}

  /**
   * The members of {@code slices}.
   *
   * @param defaultPort where a slice names no port
   */
  static List<Member> members(Collection<Slice> slices, int defaultPort) {
    Map<String, Candidate> best = new HashMap<>();
    for (Slice slice : slices) {
      for (Slice.Endpoint endpoint : slice.endpoints()) {
        best.merge(
            endpoint.node(),
            new Candidate(slice, endpoint),
            (one, other) -> BEST_FIRST.compare(one, other) <= 0 ? one : other);
      }
    }
    List<Member> members = new ArrayList<>(best.size());
    for (Candidate candidate : best.values()) {
      members.add(member(candidate, defaultPort));
    }
    return members;
  }

  private static Member member(Candidate candidate, int defaultPort) {
    Slice.Endpoint endpoint = candidate.endpoint();
    int port = candidate.slice().port() == 0 ? defaultPort : candidate.slice().port();
    return new Member(
        endpoint.node(),
        endpoint.zone(),
        HostPort.of(endpoint.address(), port),
        endpoint.condition() == Slice.Condition.SERVING);
  }
}
