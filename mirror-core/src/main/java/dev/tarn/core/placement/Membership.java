package dev.tarn.core.placement;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Everybody whom this node knows at one moment, sorted by name. An immutable value. */
public final class Membership {
  private final long version;
  private final List<Member> members;

  private Membership(long version, List<Member> members) {
    this.version = version;
    this.members = members;
  }

  /**
   * The snapshot of these members.
   *
   * @param version grows with every change that this node saw; it means nothing on other nodes
   * @throws IllegalArgumentException where two members have one name
   */
  public static Membership of(long version, Collection<Member> members) {
    Member[] sorted = members.toArray(Member[]::new);
    Arrays.sort(sorted);
    for (int i = 1; i < sorted.length; i++) {
      if (sorted[i].name().equals(sorted[i - 1].name())) {
        throw new IllegalArgumentException("two members named " + sorted[i].name());
      }
    }
    return new Membership(version, List.of(sorted));
  }

  public long version() {
    return version;
  }

  /** All members, ready or not, sorted by name. */
  public List<Member> members() {
    return members;
  }

  public int size() {
    return members.size();
  }

  /** The member of that name. */
  public Optional<Member> find(String name) {
    int low = 0;
    int high = members.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = members.get(middle).name().compareTo(name);
      if (order == 0) {
        return Optional.of(members.get(middle));
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return Optional.empty();
  }

  public boolean contains(String name) {
    return find(name).isPresent();
  }

  /** Equal where the members are: the version is no part of it. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Membership that && members.equals(that.members);
  }

  @Override
  public int hashCode() {
    return members.hashCode();
  }

  @Override
  public String toString() {
    return members.size() + " members, version " + version;
  }
}
