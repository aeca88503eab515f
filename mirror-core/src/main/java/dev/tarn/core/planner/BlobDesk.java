package dev.tarn.core.planner;

import java.util.List;

/**
 * How a blob's home answers {@link Question.Open}. The planner's thread.
 *
 * <pre>
 *   nothing known ── first asker ──▶ lone lease ── another asks: Revoke ──▶ crowd
 *                                     │   └── upstream can't be cut ──▶ stream
 *                                     └── done ──▶ holders
 * </pre>
 */
final class BlobDesk {
  private final Kernel kernel;
  private final Directory directory;

  BlobDesk(Kernel kernel, Directory directory) {
    this.kernel = kernel;
    this.directory = directory;
  }

  void opened(BlobBook book, BlobBook.Parked asker) {
    boolean ignorant = book.lone.isEmpty() && book.holders.isEmpty();
    if (book.consulting) {
      park(book, asker);
    } else if (!book.consulted && ignorant && directory.unsure(book.key(), 0)) {
      park(book, asker);
      consult(book);
    } else {
      decide(book, asker);
    }
  }

  private void consult(BlobBook book) {
    book.consulting = true;
    directory.consult(
        book,
        0,
        "",
        () -> {
          book.consulting = false;
          book.consulted = true;
          unpark(book);
        });
  }

  private void park(BlobBook book, BlobBook.Parked asker) {
    book.parked.add(asker);
    kernel.after(
        Limits.PARK_NANOS,
        () -> {
          if (book.parked.remove(asker)) {
            kernel.reply(asker.token(), new Answer.Later(Limits.LATER_MILLIS));
          }
        });
  }

  private void unpark(BlobBook book) {
    List<BlobBook.Parked> waiting = List.copyOf(book.parked);
    book.parked.clear();
    waiting.forEach(asker -> decide(book, asker));
  }

  private void decide(BlobBook book, BlobBook.Parked asker) {
    long now = kernel.now();
    List<String> holders = holders(book, asker);
    if (!holders.isEmpty()) {
      fromHolders(book, asker, holders);
    } else if (!book.lone.isEmpty() && !book.lone.equals(asker.from())) {
      behindAnother(book, asker);
    } else if (book.stream) {
      kernel.reply(asker.token(), new Answer.Behind(book.size));
    } else if (book.lone.isEmpty() && now < book.crowdUntil && book.size != Question.UNKNOWN_SIZE) {
      kernel.reply(asker.token(), new Answer.Crowd(book.size, List.of()));
    } else {
      alone(book, asker);
    }
  }

  private List<String> holders(BlobBook book, BlobBook.Parked asker) {
    if (book.size == Question.UNKNOWN_SIZE) {
      return List.of();
    }
    List<String> usable =
        book.holders.stream()
            .filter(name -> !name.equals(asker.from()))
            .filter(name -> !asker.question().avoid().contains(name))
            .filter(kernel::usable)
            .toList();
    return directory.nearest(usable, asker.from());
  }

  /** Few readers go to the holders; many would be a crowd at their doors. */
  private void fromHolders(BlobBook book, BlobBook.Parked asker, List<String> holders) {
    List<String> some = kernel.sample(holders, Limits.CANDIDATES);
    if (book.moreActiveThan(holders.size(), kernel.now())) {
      book.crowdUntil = kernel.now() + Limits.CROWD_NANOS;
      kernel.reply(asker.token(), new Answer.Crowd(book.size, some));
    } else {
      kernel.reply(asker.token(), new Answer.Complete(book.size, some));
    }
  }

  private void alone(BlobBook book, BlobBook.Parked asker) {
    Party party = book.party(asker.from());
    if (!party.mayFetch(kernel.now())) {
      kernel.reply(asker.token(), new Answer.Nobody());
      return;
    }
    if (party.room()) {
      book.lone(asker.from(), kernel.now());
    }
    kernel.reply(asker.token(), new Answer.Alone());
  }

  private void behindAnother(BlobBook book, BlobBook.Parked asker) {
    if (book.loneLapsed(kernel.now())) {
      lapse(book);
      decide(book, asker);
    } else if (book.stream) {
      kernel.reply(asker.token(), new Answer.Behind(book.size));
    } else {
      park(book, asker);
      revoke(book);
    }
  }

  private void lapse(BlobBook book) {
    book.party(book.lone).bar(kernel.now());
    book.lone = "";
  }

  private void revoke(BlobBook book) {
    if (book.revoking) {
      return;
    }
    book.revoking = true;
    String lone = book.lone;
    kernel.ask(
        lone,
        new Question.Revoke(book.key()),
        Limits.LEASE_NANOS,
        answer -> {
          book.revoking = false;
          if (book.lone.equals(lone)) {
            revoked(book, lone, answer);
          }
          unpark(book);
        });
  }

  private void revoked(BlobBook book, String lone, Answer answer) {
    if (!(answer instanceof Answer.Revoked revoked)) {
      lapse(book);
      return;
    }
    switch (revoked.kind()) {
      case SPLIT -> {
        book.lone = "";
        book.size = revoked.size();
        book.crowdUntil = kernel.now() + Limits.CROWD_NANOS;
      }
      case STREAM -> {
        book.stream = true;
        book.size = revoked.size();
        ChunkBook whole = whole(book);
        whole.register(lone, kernel.random());
        book.lease(whole, lone, kernel.now(), Math.max(0, book.lonePosition));
      }
      case COMPLETE -> {
        book.size = revoked.size();
        book.hold(lone, kernel.random());
        complete(book, lone);
      }
      // It let go of it, as where its client may not have the blob: another client of its may.
      case NOT_FETCHING -> book.lone = "";
    }
  }

  /** What is known of a blob that can't be cut, beside who fetches it. */
  private static ChunkBook whole(BlobBook book) {
    return book.segment(0).chunk(Question.WHOLE);
  }

  /** One more holds all of it. */
  void complete(BlobBook book, String member) {
    book.party(member).complete();
    if (book.lone.equals(member)) {
      book.lone = "";
    }
    if (book.stream) {
      ChunkBook whole = whole(book);
      whole.hold(member, kernel.random());
      book.unlease(whole);
    }
    if (!book.parked.isEmpty() && !book.consulting && !book.revoking) {
      unpark(book);
    }
  }

  /** Hears how a lease on the whole remainder goes; false where it is somebody else's. */
  boolean reported(BlobBook book, String from, Question.Leasehold lease) {
    boolean mine = book.lone.equals(from);
    switch (lease.state()) {
      case DONE -> {
        book.hold(from, kernel.random());
        complete(book, from);
      }
      case FAILED -> {
        book.party(from).failed();
        if (book.stream && whole(book).lessee().equals(from)) {
          book.unlease(whole(book));
        }
        if (mine) {
          book.lone = "";
          book.consulted = false;
          unpark(book);
        }
      }
      case FETCHING -> {
        return fetching(book, from, lease.bytes());
      }
    }
    return true;
  }

  private boolean fetching(BlobBook book, String from, long position) {
    long now = kernel.now();
    if (book.lone.isEmpty()) {
      if (now < book.crowdUntil && book.size != Question.UNKNOWN_SIZE && !book.stream) {
        return false;
      }
      book.lone(from, now);
    }
    if (!book.lone.equals(from)) {
      return false;
    }
    if (position > book.lonePosition) {
      book.lonePosition = position;
      book.loneProgressAt = now;
      if (book.stream) {
        whole(book).progress(now, position);
      }
    }
    return true;
  }
}
