package dev.tarn.core.planner;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Who could give a chunk to one who asks for it, as its home knows. Made for one answer; the
 * planner's thread.
 *
 * <p>Without a lease under way only those who hold the chunk count, for what the others receive
 * would have to come from somewhere.
 */
final class Givers {
  private final Kernel kernel;
  private final BlobBook.Segment segment;
  private final ChunkBook chunk;
  private final ChunkBook.Receiver asker;
  private final List<String> avoid;

  Givers(
      Kernel kernel,
      BlobBook.Segment segment,
      ChunkBook chunk,
      ChunkBook.Receiver asker,
      List<String> avoid) {
    this.kernel = kernel;
    this.segment = segment;
    this.chunk = chunk;
    this.asker = asker;
    this.avoid = avoid;
  }

  /** Whether there is anybody at all. */
  boolean any() {
    return !some(1).isEmpty();
  }

  /** Up to {@code most} at random: of the asker's zone, else of all, else those it avoids. */
  List<String> some(int most) {
    List<String> found = List.of();
    if (!chunk.lessee().isEmpty() || held()) {
      Predicate<String> wanted = name -> !avoid.contains(name);
      if (kernel.placement().zoneCount() > 1 && !nearFailed()) {
        found = pick(most, wanted.and(this::near));
      }
      found = found.isEmpty() ? pick(most, wanted) : found;
      found = found.isEmpty() && !avoid.isEmpty() ? pick(most, name -> true) : found;
    }
    return found;
  }

  private boolean held() {
    for (ChunkBook.Receiver receiver : chunk.receivers()) {
      if (receiver.held() && giver(receiver.name())) {
        return true;
      }
    }
    return segment.seeds.stream().anyMatch(this::giver);
  }

  private boolean giver(String name) {
    return !name.equals(asker.name()) && kernel.usable(name);
  }

  private boolean near(String name) {
    return kernel.zoneOf(name).equals(kernel.zoneOf(asker.name()));
  }

  /** The asker could not get it from somebody of its own zone. */
  private boolean nearFailed() {
    return avoid.stream().anyMatch(name -> near(name) && chunk.find(name) != null);
  }

  /** Walks over all, once each, from a random one on with a random stride. */
  private List<String> pick(int most, Predicate<String> fit) {
    int count = chunk.receivers().size() + segment.seeds.size() + 1;
    int at = kernel.random().nextInt(count);
    int stride = stride(count);
    List<String> picked = new ArrayList<>(most);
    for (int i = 0; i < count && picked.size() < most; i++) {
      String name = candidate(at);
      if (!name.isEmpty() && fit.test(name) && giver(name) && !picked.contains(name)) {
        picked.add(name);
      }
      at = (at + stride) % count;
    }
    return picked;
  }

  private int stride(int count) {
    int stride = 1 + kernel.random().nextInt(count);
    while (greatestCommonDivisor(stride, count) != 1) {
      stride++;
    }
    return stride;
  }

  private static int greatestCommonDivisor(int a, int b) {
    return b == 0 ? a : greatestCommonDivisor(b, a % b);
  }

  /** Receivers, then seeds, then the lessee; empty for one who may not give. */
  private String candidate(int index) {
    int receivers = chunk.receivers().size();
    if (index < receivers) {
      ChunkBook.Receiver receiver = chunk.receivers().get(index);
      return ChunkBook.mayGive(receiver, asker) ? receiver.name() : "";
    }
    int seed = index - receivers;
    return seed < segment.seeds.size() ? segment.seeds.get(seed) : chunk.lessee();
  }
}
