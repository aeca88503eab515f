package dev.tarn.core.placement;

/**
 * A node that runs Tarn, as membership knows it. Immutable.
 *
 * @param name the node's name: its identity, what placement hashes and what blame names
 * @param zone the node's zone, empty where zones are not known
 * @param address where its peer endpoint is; opaque here
 * @param ready whether it may be home of anything
 */
public record Member(String name, String zone, String address, boolean ready)
    implements Comparable<Member> {
  public Member {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("a member without a name");
    }
  }

  @Override
  public int compareTo(Member other) {
    return name.compareTo(other.name);
  }
}
