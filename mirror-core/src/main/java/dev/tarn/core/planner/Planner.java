package dev.tarn.core.planner;

import dev.tarn.core.name.BlobKey;
import dev.tarn.core.placement.Membership;
import dev.tarn.core.placement.Placement;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A node's part in getting blobs to all nodes that want them: a pure state machine for one thread,
 * which is whichever calls it. The server runs one, a simulator thousands.
 */
public final class Planner {
  private final Kernel kernel;
  private final Directory directory;
  private final Participant participant;
  private final Announcer announcer;
  private long wake = Timers.NONE;

  /**
   * A planner that knows nothing yet.
   *
   * @param now the time, in nanoseconds of whichever monotonic clock all events are told by
   */
  public Planner(String self, Membership membership, RandomGenerator random, long now) {
    this(self, membership.placement(), random, now);
  }

  /** A planner that shares a placement with others. */
  public Planner(String self, Placement placement, RandomGenerator random, long now) {
    this.kernel =
        new Kernel(
            self,
            placement,
            random,
            (token, from, question) -> asked(token, from, question, Event.Local.NOTHING));
    kernel.setNow(now);
    this.announcer = new Announcer(kernel);
    this.directory = new Directory(kernel);
    this.participant = new Participant(kernel, announcer);
    directory.unsure();
    sweepLater();
  }

  /** Takes in what happened at {@code now}, and says what is to be done about it, in order. */
  public List<Action> on(long now, Event event) {
    kernel.setNow(now);
    kernel.settle();
    take(event);
    kernel.settle();
    long next = kernel.nextTimer();
    if (next != wake || event instanceof Event.Tick) {
      wake = next;
      kernel.emit(new Action.WakeAt(next));
    }
    return kernel.takeActions();
  }

  /** How many uploads run now. */
  public int uploads() {
    return participant.uploads().count();
  }

  private void take(Event event) {
    switch (event) {
      case Event.Want want -> participant.want(want);
      case Event.Unwant unwant -> participant.unwant(unwant.key());
      case Event.ReaderWaits waits -> {
        BlobFetch fetch = participant.find(waits.key());
        if (fetch != null) {
          fetch.waitsFor(waits.offset());
        }
      }
      case Event.Asked asked -> {
        kernel.heard(asked.from());
        asked(asked.token(), asked.from(), asked.question(), asked.local());
      }
      case Event.Answered answered -> kernel.answered(answered.id(), answered.answer());
      case Event.Unanswered unanswered -> kernel.unanswered(unanswered.id());
      case Event.FetchAsked asked -> {
        kernel.heard(asked.from());
        participant.fetchAsked(asked);
      }
      case Event.ServeEnded ended -> participant.uploads().ended(ended.token());
      case Event.FetchAccepted a -> participant.flow(a.id(), false, f -> f.accepted(a.size()));
      case Event.UpstreamAnswered a ->
          participant.flow(a.id(), false, f -> f.upstreamAnswered(a.size(), a.ranges()));
      case Event.Progress p -> participant.flow(p.id(), false, f -> f.progress(p.position()));
      case Event.ChunkDone done -> participant.chunkDone(done);
      case Event.FetchFailed failed ->
          participant.flow(failed.id(), true, f -> f.failed(failed.reason()));
      case Event.Verified verified -> participant.verified(verified.key(), verified.size());
      case Event.Mismatched mismatched -> {
        BlobFetch fetch = participant.find(mismatched.key());
        if (fetch != null) {
          fetch.mismatched();
        }
      }
      case Event.ChunkDiffers differs -> {
        BlobFetch fetch = participant.find(differs.key());
        if (fetch != null) {
          fetch.differs(differs.chunk());
        }
      }
      case Event.Stored stored -> announcer.held(new Question.Held(stored.key(), stored.size()));
      case Event.Evicted evicted -> announcer.gone(evicted.key());
      case Event.Inventory inventory -> announcer.inventory(inventory.content());
      case Event.MembershipChanged changed -> membershipChanged(changed.membership());
      case Event.RoomChanged changed -> participant.room(changed.room());
      case Event.Tick _ -> {}
    }
  }

  private void asked(long token, String from, Question question, Event.Local local) {
    switch (question) {
      case Question.Open open -> toHome(token, from, open, open.key(), 0);
      case Question.Locate locate -> toHome(token, from, locate, locate.key(), locate.segment());
      case Question.Report report -> toHome(token, from, report, report.key(), report.segment());
      case Question.Forwarded forwarded ->
          directory.answer(token, forwarded.asker(), forwarded.question());
      case Question.Announce announce -> directory.announced(token, from, announce);
      case Question.Probe probe -> kernel.reply(token, participant.probed(probe, local));
      case Question.Revoke revoke -> participant.revoked(token, revoke.key(), local);
      case Question.Consult consult -> kernel.reply(token, known(consult, local));
    }
  }

  /** Whoever is asked in the home's place, by one who sees other members, asks the home. */
  private void toHome(long token, String from, Question question, BlobKey key, int segment) {
    String home = kernel.home(key, segment);
    if (home.equals(kernel.self()) || home.equals(from) || from.equals(kernel.self())) {
      directory.answer(token, from, question);
      return;
    }
    kernel.ask(
        home,
        new Question.Forwarded(from, question),
        Limits.FORWARD_NANOS,
        answer -> {
          if (answer instanceof Answer.Silence) {
            directory.answer(token, from, question);
          } else {
            kernel.reply(token, answer);
          }
        });
  }

  private Answer.Known known(Question.Consult consult, Event.Local local) {
    Answer.Known home = directory.known(consult.key(), consult.segment());
    Answer.Known own = participant.known(consult.key(), consult.segment(), local);
    List<String> holders = new ArrayList<>(home.holders());
    holders.addAll(own.holders());
    List<Answer.ChunkKnown> chunks = new ArrayList<>(home.chunks());
    chunks.addAll(own.chunks());
    return new Answer.Known(
        home.size() == Question.UNKNOWN_SIZE ? own.size() : home.size(),
        home.crowd() || own.crowd(),
        home.stream() || own.stream(),
        home.lone().isEmpty() ? own.lone() : home.lone(),
        holders,
        chunks);
  }

  private void membershipChanged(Membership membership) {
    Placement previous = kernel.placement();
    if (previous.membership().equals(membership)) {
      return;
    }
    kernel.setPlacement(membership.placement());
    directory.unsure();
    announcer.membershipChanged(previous);
  }

  private void sweepLater() {
    kernel.after(
        Limits.SWEEP_NANOS,
        () -> {
          directory.sweep();
          sweepLater();
        });
  }
}
