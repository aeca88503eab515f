package dev.tarn.core.placement;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Everybody whom this node knows at one moment, sorted by name. An immutable value. */
public final class Membership {
  private final long version;
  private final List<Member> members;
  private final Map<String, Member> byName;

  /** Made on first use; made twice by two threads, both are equal. */
  private volatile @Nullable Placement placement;

  private Membership(long version, List<Member> members) {
    this.version = version;
    this.members = members;
    this.byName = HashMap.newHashMap(members.size());
    members.forEach(member -> byName.put(member.name(), member));
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

  /** Who is home of what among these members: one for all who share this snapshot. */
  public Placement placement() {
    Placement known = placement;
    if (known == null) {
      known = new Placement(this);
      placement = known;
    }
    return known;
  }

  public int size() {
    return members.size();
  }

  /** The member of that name. */
  public Optional<Member> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  public boolean contains(String name) {
    return byName.containsKey(name);
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
