package dev.tarn.core.planner;

import dev.tarn.core.placement.Placement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** How a segment's home answers {@link Question.Locate}. The planner's thread. */
final class SegmentDesk {
  /** How often a chunk's lease goes on because it is slow. */
  private static final int SLOW_PASSES = 2;

  private final Kernel kernel;
  private final Directory directory;

  /** Whom this home is asking itself, because somebody complained. */
  private final Set<String> suspected = new LinkedHashSet<>();

  SegmentDesk(Kernel kernel, Directory directory) {
    this.kernel = kernel;
    this.directory = directory;
  }

  void located(BlobBook book, long token, String from, Question.Locate question) {
    BlobBook.Segment segment = book.segment(question.segment());
    if (!segment.consulting && mayNotKnow(book, segment, question)) {
      segment.consulting = true;
      segment.failed = false;
      directory.consult(
          book, question.segment(), question.previousHome(), () -> consulted(segment));
    }
    if (segment.consulting) {
      segment.parked.add(() -> answer(book, segment, token, from, question));
    } else {
      answer(book, segment, token, from, question);
    }
  }

  /**
   * Others may know more: this home may have forgotten or never have known, it is at its wits' end,
   * or somebody else was home until now.
   */
  private boolean mayNotKnow(BlobBook book, BlobBook.Segment segment, Question.Locate question) {
    boolean ignorant = segment.consultedAt == Long.MIN_VALUE && segment.chunks.isEmpty();
    boolean stale =
        segment.consultedAt == Long.MIN_VALUE
            || kernel.now() - segment.consultedAt > Limits.CONSULTED_NANOS;
    return segment.failed
        || (stale && !question.previousHome().isEmpty())
        || (ignorant && directory.unsure(book.key(), question.segment()));
  }

  private void consulted(BlobBook.Segment segment) {
    segment.consulting = false;
    segment.consultedAt = kernel.now();
    List<Runnable> parked = List.copyOf(segment.parked);
    segment.parked.clear();
    parked.forEach(Runnable::run);
  }

  private void answer(
      BlobBook book, BlobBook.Segment segment, long token, String from, Question.Locate question) {
    holds(book, segment, question.segment(), from, question.held());
    for (String seed : question.seeds()) {
      if (segment.seeds.size() < Limits.HOLDERS && !segment.seeds.contains(seed)) {
        segment.seeds.add(seed);
      }
    }
    List<Answer.Place> places = new ArrayList<>();
    for (Question.Need need : question.needs()) {
      places.add(place(book, segment, from, need, question));
    }
    kernel.reply(token, new Answer.Located(places));
  }

  /** Notes what {@code from} holds of the segment; a lease on it is thereby done. */
  void holds(BlobBook book, BlobBook.Segment segment, int number, String from, int bits) {
    int before = segment.held.getOrDefault(from, 0);
    int added = bits & ~before;
    if (added == 0) {
      return;
    }
    segment.held.put(from, before | bits);
    for (int i = 0; i < Placement.SEGMENT_CHUNKS; i++) {
      if ((added & 1 << i) != 0) {
        ChunkBook chunk = segment.chunk(number * Placement.SEGMENT_CHUNKS + i);
        chunk.hold(from, kernel.random());
        if (!chunk.lessee().isEmpty()) {
          book.leaseDone(chunk, kernel.now());
        }
      }
    }
  }

  private Answer.Place place(
      BlobBook book,
      BlobBook.Segment segment,
      String from,
      Question.Need need,
      Question.Locate question) {
    long now = kernel.now();
    ChunkBook chunk = segment.chunk(need.chunk());
    if (notYet(book, segment, chunk, need, now)) {
      return new Answer.Place(need.chunk(), Answer.PlaceKind.CANDIDATES, List.of(), "");
    }
    ChunkBook.Receiver asker =
        question.room()
            ? chunk.register(from, kernel.random())
            : new ChunkBook.Receiver(from, Long.MAX_VALUE);
    asker.asked(now, need.bytes());
    question.avoid().forEach(name -> suspect(book, segment, need.chunk(), name));
    String lesseeBefore = chunk.lessee();
    if (chunk.lapsed(now) || lesseeIsGone(chunk) || slowFor(book, chunk, asker)) {
      pass(book, chunk, from);
    }
    Givers givers = new Givers(kernel, segment, chunk, asker, question.avoid());
    if (chunk.lessee().isEmpty() && !givers.any()) {
      Answer.PlaceKind kind = grant(book, chunk, from, need.bytes());
      if (kind != Answer.PlaceKind.CANDIDATES) {
        segment.failed |= kind == Answer.PlaceKind.NOBODY;
        return new Answer.Place(need.chunk(), kind, List.of(), chunk.lessee());
      }
    }
    if (chunk.lessee().equals(from)) {
      return new Answer.Place(need.chunk(), Answer.PlaceKind.LEASED, List.of(), from);
    }
    return new Answer.Place(
        need.chunk(),
        Answer.PlaceKind.CANDIDATES,
        offer(givers, chunk, !chunk.lessee().equals(lesseeBefore)),
        chunk.lessee());
  }

  /**
   * Nobody has it, and enough of the segment is on its way already: what comes in few pieces comes
   * soon, and everybody wants the same.
   */
  private static boolean notYet(
      BlobBook book, BlobBook.Segment segment, ChunkBook chunk, Question.Need need, long now) {
    return need.chunk() != Question.WHOLE
        && need.bytes() == 0
        && chunk.lessee().isEmpty()
        && chunk.receivers().isEmpty()
        && segment.seeds.isEmpty()
        && book.leases(segment, now) >= book.leaseLimit();
  }

  /** Somebody else waits for a lessee that takes much longer than others do. */
  private boolean slowFor(BlobBook book, ChunkBook chunk, ChunkBook.Receiver asker) {
    return !chunk.lessee().isEmpty()
        && !chunk.lessee().equals(asker.name())
        && book.slow(chunk, kernel.now())
        && chunk.pass(SLOW_PASSES);
  }

  private boolean lesseeIsGone(ChunkBook chunk) {
    return !chunk.lessee().isEmpty() && !kernel.usable(chunk.lessee());
  }

  private List<String> offer(Givers givers, ChunkBook chunk, boolean newLessee) {
    List<String> some = givers.some(Limits.CANDIDATES);
    String lessee = chunk.lessee();
    if (!newLessee || lessee.isEmpty() || some.contains(lessee) || !kernel.usable(lessee)) {
      return some;
    }
    // Whoever is lessee learns of it by the first question that names it so.
    List<String> withLessee = new ArrayList<>(some);
    withLessee.add(lessee);
    return withLessee;
  }

  /** The lease goes to whoever waits and has the most of it; to nobody where nobody may fetch. */
  private void pass(BlobBook book, ChunkBook chunk, String asker) {
    long now = kernel.now();
    String lapsed = chunk.lessee();
    Party before = book.parties.get(lapsed);
    if (before != null) {
      before.bar(now);
    }
    book.unlease(chunk);
    String best = "";
    long most = -1;
    for (ChunkBook.Receiver receiver : chunk.receivers()) {
      Party party = book.parties.get(receiver.name());
      boolean fit =
          party != null
              && party.mayLease(now)
              && receiver.waits(now)
              && !receiver.name().equals(lapsed)
              && kernel.usable(receiver.name());
      if (fit
          && (receiver.bytes() > most
              || (receiver.bytes() == most && receiver.name().equals(asker)))) {
        best = receiver.name();
        most = receiver.bytes();
      }
    }
    if (!best.isEmpty()) {
      book.lease(chunk, best, now, most);
    }
  }

  /**
   * Of those who take part, one who would be done soonest, by its leases so far; the asker where
   * there is nothing in it.
   */
  private Answer.PlaceKind grant(BlobBook book, ChunkBook chunk, String from, long bytes) {
    long now = kernel.now();
    Party asker = book.party(from);
    Party best = asker.mayLease(now) ? asker : null;
    for (Party party : book.parties.values()) {
      boolean fit = party.mayLease(now) && party.active(now) && kernel.usable(party.name());
      if (fit && (best == null || book.leaseWouldTake(party) < book.leaseWouldTake(best))) {
        best = party;
      }
    }
    if (best == null) {
      return asker.mayFetch(now) ? Answer.PlaceKind.UPSTREAM : Answer.PlaceKind.NOBODY;
    }
    chunk.register(best.name(), kernel.random());
    book.lease(chunk, best.name(), now, best == asker ? bytes : 0);
    return best == asker ? Answer.PlaceKind.LEASED : Answer.PlaceKind.CANDIDATES;
  }

  /** Somebody could not get it from {@code name}: see for ourselves before believing it. */
  private void suspect(BlobBook book, BlobBook.Segment segment, int number, String name) {
    ChunkBook chunk = segment.chunk(number);
    boolean concerned =
        chunk.lessee().equals(name) || chunk.find(name) != null || segment.seeds.contains(name);
    if (!concerned || name.equals(kernel.self()) || !suspected.add(name)) {
      return;
    }
    kernel.ask(
        name,
        new Question.Probe(book.key(), number, false),
        Limits.STALL_NANOS,
        answer -> {
          suspected.remove(name);
          boolean has =
              answer instanceof Answer.Load load
                  && (load.complete() || load.upstream() || load.rooted() || load.bytes() > 0);
          if (!has) {
            if (chunk.lessee().equals(name)) {
              book.unlease(chunk);
            }
            chunk.forget(name);
            segment.seeds.remove(name);
          }
        });
  }

  /** Hears how the lease on a chunk goes; false where it is somebody else's. */
  boolean reported(BlobBook book, BlobBook.Segment segment, String from, Question.Leasehold lease) {
    ChunkBook chunk = segment.chunk(lease.chunk());
    boolean mine = chunk.lessee().equals(from);
    switch (lease.state()) {
      case DONE -> {
        chunk.hold(from, kernel.random());
        if (!chunk.lessee().isEmpty()) {
          book.leaseDone(chunk, kernel.now());
        }
      }
      case FAILED -> {
        book.party(from).failed();
        if (mine) {
          book.unlease(chunk);
          segment.failed = true;
        }
      }
      case FETCHING -> {
        boolean held = chunk.receivers().stream().anyMatch(ChunkBook.Receiver::held);
        if (chunk.lessee().isEmpty() && held) {
          return false;
        }
        if (chunk.lessee().isEmpty()) {
          chunk.register(from, kernel.random());
          book.lease(chunk, from, kernel.now(), lease.bytes());
        } else if (mine) {
          chunk.progress(kernel.now(), lease.bytes());
        } else {
          return false;
        }
      }
    }
    return true;
  }
}
