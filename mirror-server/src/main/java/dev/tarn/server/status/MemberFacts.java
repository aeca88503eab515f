package dev.tarn.server.status;

import java.util.List;
import java.util.Locale;

/**
 * Whom this node knows.
 *
 * @param source where it knows them from, as the configuration says it
 * @param ageSeconds since the source last said anything
 * @param knowsSelf whether this node is among them
 */
public record MemberFacts(
    String source, long ageSeconds, boolean knowsSelf, List<MemberFact> members) {
  public MemberFacts {
    members = List.copyOf(members);
  }

  /** What this node thinks of a member. */
  public enum State {
    READY,
    /** By its source's word. */
    NOT_READY,
    /** It failed this node a moment ago. */
    AVOIDED;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** One of them; this node may be one, too. */
  public record MemberFact(String node, String zone, State state) {}

  long count(State state) {
    return members.stream().filter(member -> member.state() == state).count();
  }
}
