package dev.tarn.core.planner;

import dev.tarn.core.digest.Digest;
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
  private final List<Digest> gone = new ArrayList<>();
  private boolean flushing;
  private Placement before;

  Announcer(Kernel kernel) {
    this.kernel = kernel;
    this.before = kernel.placement();
  }

  void held(Question.Held blob) {
    gone.remove(blob.digest());
    held.add(blob);
    later();
  }

  void gone(Digest blob) {
    held.removeIf(one -> one.digest().equals(blob));
    gone.add(blob);
    later();
  }

  /** The homes are others now; what is held is to be told to those who are new to it. */
  void membershipChanged(Placement previous) {
    before = previous;
    kernel.emit(new Action.ListInventory());
  }

  void inventory(List<Question.Held> blobs) {
    for (Question.Held blob : blobs) {
      List<Member> known = before.ranked(blob.digest(), 0, TOLD);
      if (!known.containsAll(kernel.placement().ranked(blob.digest(), 0, TOLD))) {
        held(blob);
      }
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
    Map<String, List<Digest>> goneOf = new TreeMap<>();
    for (Question.Held blob : held) {
      for (Member member : kernel.placement().ranked(blob.digest(), 0, TOLD)) {
        heldOf.computeIfAbsent(member.name(), m -> new ArrayList<>()).add(blob);
      }
    }
    for (Digest blob : gone) {
      for (Member member : kernel.placement().ranked(blob, 0, TOLD)) {
        goneOf.computeIfAbsent(member.name(), m -> new ArrayList<>()).add(blob);
      }
    }
    held.clear();
    gone.clear();
    heldOf.forEach((member, blobs) -> announce(member, blobs, List.of()));
    goneOf.forEach((member, blobs) -> announce(member, List.of(), blobs));
  }

  private void announce(String member, List<Question.Held> blobs, List<Digest> absent) {
    for (int i = 0; i < blobs.size(); i += Limits.ANNOUNCED) {
      tell(member, blobs.subList(i, Math.min(blobs.size(), i + Limits.ANNOUNCED)), List.of());
    }
    for (int i = 0; i < absent.size(); i += Limits.ANNOUNCED) {
      tell(member, List.of(), absent.subList(i, Math.min(absent.size(), i + Limits.ANNOUNCED)));
    }
  }

  private void tell(String member, List<Question.Held> blobs, List<Digest> absent) {
    kernel.ask(
        member,
        new Question.Announce(List.copyOf(blobs), List.copyOf(absent)),
        Limits.ASK_NANOS,
        answer -> {});
  }
}
