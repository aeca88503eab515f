package dev.tarn.core.planner;

import dev.tarn.core.name.BlobKey;
import dev.tarn.core.placement.Member;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What this node knows as a home: who holds, receives and leases what. Soft state, learnt from
 * those who ask. The planner's thread.
 *
 * <p>It answers whoever asks, whether or not it thinks itself the home: nodes may see different
 * memberships. Where it may have forgotten, or is not the best ranked as it sees it, it consults
 * the best ranked before its first answer.
 */
final class Directory {
  private final Kernel kernel;
  private final Map<BlobKey, BlobBook> books =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<BlobKey, BlobBook> eldest) {
          return size() > Limits.BOOKS;
        }
      };
  private final BlobDesk blobDesk;
  private final SegmentDesk segmentDesk;
  private long unsureUntil;

  Directory(Kernel kernel) {
    this.kernel = kernel;
    this.blobDesk = new BlobDesk(kernel, this);
    this.segmentDesk = new SegmentDesk(kernel, this);
  }

  /** From now on it may have forgotten, or never known, what it is home of. */
  void unsure() {
    unsureUntil = kernel.now() + Limits.AMNESIA_NANOS;
  }

  void sweep() {
    long now = kernel.now();
    books.values().removeIf(book -> book.idle(now));
    books.values().forEach(book -> book.sweep(now));
  }

  BlobBook book(BlobKey key) {
    BlobBook book = books.computeIfAbsent(key, BlobBook::new);
    book.touchedAt = kernel.now();
    return book;
  }

  @Nullable BlobBook find(BlobKey key) {
    return books.get(key);
  }

  /** Answers as the home, whoever else may be. */
  void answer(long token, String from, Question question) {
    switch (question) {
      case Question.Open open -> opened(token, from, open);
      case Question.Locate locate -> located(token, from, locate);
      case Question.Report report -> reported(token, from, report);
      case Question.Announce announce -> announced(token, from, announce);
      case Question.Probe _, Question.Revoke _, Question.Consult _, Question.Forwarded _ ->
          kernel.reply(token, new Answer.Noted());
    }
  }

  private void opened(long token, String from, Question.Open question) {
    BlobBook book = book(question.key());
    book.party(from).seen(kernel.now(), question.room(), question.canFetch());
    if (question.renewal()) {
      if (book.crowdUntil != Long.MIN_VALUE) {
        book.crowdUntil = kernel.now() + Limits.CROWD_NANOS;
      }
      kernel.reply(token, new Answer.Noted());
      return;
    }
    blobDesk.opened(book, new BlobBook.Parked(token, from, question));
  }

  private void located(long token, String from, Question.Locate question) {
    BlobBook book = book(question.key());
    book.party(from).seen(kernel.now(), question.room(), question.canFetch());
    if (book.size == Question.UNKNOWN_SIZE) {
      book.size = question.size();
    }
    book.crowdUntil = kernel.now() + Limits.CROWD_NANOS;
    segmentDesk.located(book, token, from, question);
  }

  private void reported(long token, String from, Question.Report question) {
    // One who reports is there, whatever became of the last question to it.
    kernel.succeeded(from);
    BlobBook book = book(question.key());
    List<Integer> ceded = new ArrayList<>();
    if (book.size == Question.UNKNOWN_SIZE) {
      book.size = question.size();
    }
    BlobBook.Segment segment = book.segment(question.segment());
    segmentDesk.holds(book, segment, question.segment(), from, question.held());
    for (Question.Leasehold lease : question.leases()) {
      boolean heard =
          lease.chunk() == Question.WHOLE
              ? blobDesk.reported(book, from, lease)
              : segmentDesk.reported(book, segment, from, lease);
      if (!heard) {
        ceded.add(lease.chunk());
      }
    }
    kernel.reply(token, new Answer.Heard(ceded));
  }

  void announced(long token, String from, Question.Announce question) {
    for (Question.Held held : question.held()) {
      BlobBook book = book(held.key());
      book.size = held.size();
      book.hold(from, kernel.random());
      blobDesk.complete(book, from);
    }
    for (BlobKey gone : question.gone()) {
      BlobBook book = find(gone);
      if (book != null) {
        forget(book, from);
      }
    }
    kernel.reply(token, new Answer.Noted());
  }

  void forget(BlobBook book, String member) {
    book.holders.remove(member);
    for (BlobBook.Segment segment : book.segments.values()) {
      segment.seeds.remove(member);
      segment.held.remove(member);
      segment.chunks.values().forEach(chunk -> chunk.forget(member));
    }
  }

  /** What another home may want to hear about a segment. */
  Answer.Known known(BlobKey key, int segmentNumber) {
    BlobBook book = find(key);
    if (book == null) {
      return new Answer.Known(Question.UNKNOWN_SIZE, false, false, "", List.of(), List.of());
    }
    List<Answer.ChunkKnown> chunks = new ArrayList<>();
    BlobBook.Segment segment = book.segments.get(segmentNumber);
    if (segment != null) {
      segment.chunks.forEach((number, chunk) -> chunks.add(known(number, chunk)));
    }
    String lone = book.loneLapsed(kernel.now()) ? "" : book.lone;
    boolean crowd = kernel.now() < book.crowdUntil;
    return new Answer.Known(book.size, crowd, book.stream, lone, List.copyOf(book.holders), chunks);
  }

  private Answer.ChunkKnown known(int number, ChunkBook chunk) {
    List<String> holders =
        chunk.receivers().stream()
            .filter(ChunkBook.Receiver::held)
            .map(ChunkBook.Receiver::name)
            .toList();
    String lessee = chunk.lapsed(kernel.now()) ? "" : chunk.lessee();
    return new Answer.ChunkKnown(
        number, kernel.sample(holders, Limits.NAMES), lessee, chunk.leaseBytes());
  }

  /** Whether what is not in the book may yet be known to somebody else. */
  boolean unsure(BlobKey key, int segment) {
    return kernel.now() < unsureUntil
        || kernel
            .placement()
            .home(key.digest(), segment)
            .filter(home -> home.name().equals(kernel.self()))
            .isEmpty();
  }

  /**
   * Asks those who may know, this node's own part included, and then goes on: whoever was home
   * before; where that one can't be asked, those who would have been, and some who take part.
   */
  void consult(BlobBook book, int segmentNumber, String previousHome, Runnable then) {
    Set<String> names = new LinkedHashSet<>();
    names.add(kernel.self());
    if (!previousHome.isEmpty() && kernel.usable(previousHome)) {
      names.add(previousHome);
    } else {
      List<Member> ranked =
          kernel.placement().ranked(book.key().digest(), segmentNumber, Limits.CONSULTED);
      ranked.stream().limit(Limits.RANKS).map(Member::name).forEach(names::add);
      names.addAll(kernel.sample(List.copyOf(book.parties.keySet()), Limits.CONSULTED));
      ranked.stream().map(Member::name).forEach(names::add);
    }
    List<String> asked = names.stream().filter(kernel::usable).limit(Limits.CONSULTED).toList();
    int[] pending = {asked.size()};
    for (String member : asked) {
      kernel.ask(
          member,
          new Question.Consult(book.key(), segmentNumber),
          Limits.CONSULT_NANOS,
          answer -> {
            if (answer instanceof Answer.Known known) {
              adopt(book, segmentNumber, known);
            }
            if (--pending[0] == 0) {
              then.run();
            }
          });
    }
  }

  private void adopt(BlobBook book, int segmentNumber, Answer.Known known) {
    long now = kernel.now();
    if (book.size == Question.UNKNOWN_SIZE) {
      book.size = known.size();
    }
    known.holders().forEach(holder -> book.hold(holder, kernel.random()));
    if (known.crowd()) {
      book.crowdUntil = now + Limits.CROWD_NANOS;
    }
    book.stream |= known.stream();
    if (book.lone.isEmpty() && !known.lone().isEmpty()) {
      book.lone(known.lone(), now);
    }
    BlobBook.Segment segment = book.segment(segmentNumber);
    for (Answer.ChunkKnown chunkKnown : known.chunks()) {
      ChunkBook chunk = segment.chunk(chunkKnown.chunk());
      chunkKnown.holders().forEach(holder -> chunk.hold(holder, kernel.random()));
      if (chunk.lessee().isEmpty() && !chunkKnown.lessee().isEmpty()) {
        book.lease(chunk, chunkKnown.lessee(), now, chunkKnown.leaseBytes());
        chunk.register(chunkKnown.lessee(), kernel.random());
      }
    }
  }

  /** Those of the asker's zone where there are any, else all: a byte crosses to a zone once. */
  List<String> nearest(List<String> from, String asker) {
    if (kernel.placement().zoneCount() < 2) {
      return from;
    }
    String zone = kernel.zoneOf(asker);
    List<String> near = from.stream().filter(name -> kernel.zoneOf(name).equals(zone)).toList();
    return near.isEmpty() ? from : near;
  }
}
