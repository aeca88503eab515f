package dev.tarn.e2e.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToIntFunction;

/**
 * What happens when: all of it follows from the seed. Immutable.
 *
 * @param happenings in the order of their beginnings
 */
record Schedule(List<Happening> happenings) {
  private static final int LEAST_PAUSE_MILLIS = 1_200;
  private static final int MOST_PAUSE_MILLIS = 4_000;
  private static final int KINDS = 15;
  private static final int MOST_ILL_NODES = 2;

  Schedule {
    happenings = List.copyOf(happenings);
  }

  /** A fault from one moment to another, both counted from the beginning of all. */
  record Happening(long fromMillis, long untilMillis, Fault fault) {}

  /**
   * Makes one. A node is not struck again while it is, and no more than two are at a time, but by
   * what strikes many at once.
   */
  static Schedule of(long seed, Duration length, int nodes) {
    SplittableRandom random = new SplittableRandom(seed);
    long[] illUntil = new long[nodes];
    long aroundUntil = 0;
    List<Happening> happenings = new ArrayList<>();
    List<Integer> kinds = new ArrayList<>();
    long now = 2_000;
    while (now < length.toMillis()) {
      if (kinds.isEmpty()) {
        // Each kind before any comes again.
        for (int kind = 0; kind < KINDS; kind++) {
          kinds.add(kind);
        }
        shuffle(kinds, random);
      }
      Fault fault = fault(kinds.removeLast(), random, nodes);
      long from = now;
      long until = from + lasting(fault, random);
      long ill = illAt(illUntil, from);
      boolean possible =
          fault.struck().isEmpty()
              ? aroundUntil <= from
              : ill + fault.struck().size() <= Math.max(MOST_ILL_NODES, fault.struck().size())
                  && fault.struck().stream().allMatch(node -> illUntil[node] <= from);
      if (possible) {
        happenings.add(new Happening(from, until, fault));
        if (fault.struck().isEmpty()) {
          aroundUntil = until;
        }
        fault.struck().forEach(node -> illUntil[node] = until);
      }
      now += random.nextInt(LEAST_PAUSE_MILLIS, MOST_PAUSE_MILLIS);
    }
    return new Schedule(happenings);
  }

  private static long illAt(long[] illUntil, long moment) {
    long ill = 0;
    for (long until : illUntil) {
      ill += until > moment ? 1 : 0;
    }
    return ill;
  }

  private static void shuffle(List<Integer> kinds, SplittableRandom random) {
    for (int i = kinds.size() - 1; i > 0; i--) {
      Collections.swap(kinds, i, random.nextInt(i + 1));
    }
  }

  private static Fault fault(int kind, SplittableRandom random, int nodes) {
    int node = random.nextInt(nodes);
    return switch (kind) {
      case 0 -> new Fault.Kill(node);
      case 1 -> new Fault.Freeze(node);
      case 2 -> new Fault.Partition(nodes > 3 ? List.of(node, (node + 1) % nodes) : List.of(node));
      case 3 -> new Fault.Unplug(node);
      case 4 -> new Fault.Slow(node);
      case 5 -> new Fault.FullDisk(node);
      case 6 -> new Fault.Corrupt(node);
      case 7 -> new Fault.RenewCertificate(node);
      case 8 -> new Fault.ExpireCertificate(node);
      case 9 -> new Fault.ClockJump(node, random.nextInt(-7200, 7200));
      case 10 -> new Fault.LeaveMembership(node, random.nextBoolean());
      case 11 -> new Fault.ApiServerDown();
      case 12 -> new Fault.RestartHomes();
      case 13 -> new Fault.UpstreamDown();
      default -> new Fault.ExpireTokens();
    };
  }

  private static long lasting(Fault fault, SplittableRandom random) {
    ToIntFunction<int[]> within = bounds -> random.nextInt(bounds[0], bounds[1]);
    return switch (fault) {
      case Fault.Kill _ -> within.applyAsInt(new int[] {200, 5_000});
      case Fault.Freeze _ -> within.applyAsInt(new int[] {500, 8_000});
      case Fault.Partition _ -> within.applyAsInt(new int[] {2_000, 9_000});
      case Fault.Unplug _ -> within.applyAsInt(new int[] {1_000, 6_000});
      case Fault.Slow _ -> within.applyAsInt(new int[] {3_000, 12_000});
      case Fault.FullDisk _ -> within.applyAsInt(new int[] {3_000, 10_000});
      case Fault.ExpireCertificate _ -> within.applyAsInt(new int[] {5_000, 12_000});
      case Fault.ClockJump _ -> within.applyAsInt(new int[] {3_000, 12_000});
      case Fault.LeaveMembership _ -> within.applyAsInt(new int[] {500, 6_000});
      case Fault.ApiServerDown _ -> within.applyAsInt(new int[] {2_000, 10_000});
      case Fault.UpstreamDown _ -> within.applyAsInt(new int[] {1_000, 5_000});
      case Fault.RestartHomes _ -> 2_000;
      case Fault.Corrupt _, Fault.RenewCertificate _, Fault.ExpireTokens _ -> 0;
    };
  }
}
