package dev.tarn.core.planner;

import dev.tarn.core.name.BlobKey;
import dev.tarn.core.placement.Member;
import dev.tarn.core.placement.Placement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Tells the home of each blob that is complete here, and its runner-up, so: once, batched, at a
 * random time. The planner's thread.
 */
final class Announcer {
  private static final int TOLD = 2;

  private final Kernel kernel;
  private final List<Question.Held> held = new ArrayList<>();
  private final List<BlobKey> gone = new ArrayList<>();
  private boolean flushing;
  private Placement before;

  Announcer(Kernel kernel) {
    this.kernel = kernel;
    this.before = kernel.placement();
  }

  void held(Question.Held one) {
    gone.remove(one.key());
    held.add(one);
    later();
  }

  void gone(BlobKey key) {
    held.removeIf(one -> one.key().equals(key));
    gone.add(key);
    later();
  }

  /** The homes are others now; what is held is to be told to those who are new to it. */
  void membershipChanged(Placement previous) {
    before = previous;
    kernel.emit(new Action.ListInventory());
  }

  void inventory(List<Event.Content> all) {
    List<Event.Content> moved = new ArrayList<>();
    for (Event.Content content : all) {
      List<Member> known = before.ranked(content.digest(), 0, TOLD);
      if (!known.containsAll(kernel.placement().ranked(content.digest(), 0, TOLD))) {
        moved.add(content);
      }
    }
    if (!moved.isEmpty()) {
      kernel.emit(new Action.NameKeys(moved));
    }
  }

  private void later() {
    if (!flushing) {
      flushing = true;
      kernel.after(kernel.random().nextLong(Limits.ANNOUNCE_NANOS), this::flush);
    }
  }

  private void flush() {
    flushing = false;
    Map<String, List<Question.Held>> heldOf = new TreeMap<>();
    Map<String, List<BlobKey>> goneOf = new TreeMap<>();
    for (Question.Held one : held) {
      for (Member member : told(one.key())) {
        heldOf.computeIfAbsent(member.name(), m -> new ArrayList<>()).add(one);
      }
    }
    for (BlobKey key : gone) {
      for (Member member : told(key)) {
        goneOf.computeIfAbsent(member.name(), m -> new ArrayList<>()).add(key);
      }
    }
    held.clear();
    gone.clear();
    heldOf.forEach((member, blobs) -> announce(member, blobs, List.of()));
    goneOf.forEach((member, blobs) -> announce(member, List.of(), blobs));
  }

  private List<Member> told(BlobKey key) {
    return kernel.placement().ranked(key.digest(), 0, TOLD);
  }

  private void announce(String member, List<Question.Held> blobs, List<BlobKey> absent) {
    for (int i = 0; i < blobs.size(); i += Limits.ANNOUNCED) {
      tell(member, blobs.subList(i, Math.min(blobs.size(), i + Limits.ANNOUNCED)), List.of());
    }
    for (int i = 0; i < absent.size(); i += Limits.ANNOUNCED) {
      tell(member, List.of(), absent.subList(i, Math.min(absent.size(), i + Limits.ANNOUNCED)));
    }
  }

  private void tell(String member, List<Question.Held> blobs, List<BlobKey> absent) {
    kernel.ask(
        member,
        new Question.Announce(List.copyOf(blobs), List.copyOf(absent)),
        Limits.ASK_NANOS,
        answer -> {});
  }
}
