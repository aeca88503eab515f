package dev.tarn.core.placement;

import dev.tarn.core.digest.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which members are home of which part of which content: rendezvous hashing over the ready members
 * of one snapshot. Immutable; any thread.
 *
 * <p>A segment is {@value #SEGMENT_CHUNKS} chunks; the home of segment 0 is the blob's home. A
 * member that joins or leaves moves only what it is or was home of.
 *
 * @see RendezvousHash
 */
public final class Placement {
  /** How many chunks of the grid share a home; part of what nodes say to each other. */
  public static final int SEGMENT_CHUNKS = 16;

  private final Membership membership;
  private final Ranking all;
  private final Map<String, Ranking> zones;

  public Placement(Membership membership) {
    this.membership = membership;
    List<Member> ready = membership.members().stream().filter(Member::ready).toList();
    this.all = Ranking.of(ready);
    this.zones = new TreeMap<>();
    Map<String, List<Member>> byZone = new TreeMap<>();
    ready.forEach(
        member -> byZone.computeIfAbsent(member.zone(), z -> new ArrayList<>()).add(member));
    if (byZone.size() == 1) {
      zones.put(byZone.keySet().iterator().next(), all);
    } else {
      byZone.forEach((zone, members) -> zones.put(zone, Ranking.of(members)));
    }
  }

  public Membership membership() {
    return membership;
  }

  /** The segment that a chunk lies in. */
  public static int segmentOf(int chunk) {
    return chunk / SEGMENT_CHUNKS;
  }

  /** The home of a segment; empty where nobody is ready. */
  public Optional<Member> home(Digest digest, int segment) {
    return ranked(digest, segment, 1).stream().findFirst();
  }

  /**
   * The home of a segment and its runners-up, best first; fewer than {@code limit} if so few are.
   */
  public List<Member> ranked(Digest digest, int segment, int limit) {
    return all.top(RendezvousHash.key(digest, segment), limit);
  }

  /** The home of a segment within a zone; empty where nobody of that zone is ready. */
  public Optional<Member> zoneHome(String zone, Digest digest, int segment) {
    Ranking members = zones.get(zone);
    return members == null
        ? Optional.empty()
        : members.top(RendezvousHash.key(digest, segment), 1).stream().findFirst();
  }

  /** How many zones have a ready member. */
  public int zoneCount() {
    return zones.size();
  }

  /** Members in the order of their names, with their hashes beside them. */
  private static final class Ranking {
    private final Member[] members;
    private final long[] hashes;

    private Ranking(Member[] members, long[] hashes) {
      this.members = members;
      this.hashes = hashes;
    }

    static Ranking of(List<Member> members) {
      long[] hashes = new long[members.size()];
      for (int i = 0; i < hashes.length; i++) {
        hashes[i] = RendezvousHash.member(members.get(i).name());
      }
      return new Ranking(members.toArray(Member[]::new), hashes);
    }

    /** One pass with insertion into a short sorted list: {@code limit} is small. */
    List<Member> top(long key, int limit) {
      int wanted = Math.min(limit, members.length);
      long[] scores = new long[wanted];
      int[] order = new int[wanted];
      int found = 0;
      for (int i = 0; i < hashes.length; i++) {
        // Flipped, so that a signed comparison orders unsigned scores.
        long score = RendezvousHash.score(key, hashes[i]) ^ Long.MIN_VALUE;
        if (found == wanted && (wanted == 0 || score <= scores[wanted - 1])) {
          continue;
        }
        int at = found < wanted ? found++ : wanted - 1;
        while (at > 0 && scores[at - 1] < score) {
          scores[at] = scores[at - 1];
          order[at] = order[at - 1];
          at--;
        }
        scores[at] = score;
        order[at] = i;
      }
      List<Member> result = new ArrayList<>(wanted);
      for (int index : order) {
        result.add(members[index]);
      }
      return List.copyOf(result);
    }
  }
}
