package dev.tarn.core.planner;

import dev.tarn.core.placement.Placement;
import dev.tarn.core.range.ChunkGrid;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/** One blob's talk with the homes of its segments, batched by segment. The planner's thread. */
final class BlobHomes {
  private final BlobFetch blob;
  private final Kernel kernel;
  private final Participant participant;
  private final TreeMap<Integer, List<ChunkFetch>> wanted = new TreeMap<>();

  /** Who answered last, by segment. */
  private final Map<Integer, String> answered = new TreeMap<>();

  /** Who gave chunks, the last of them last. */
  private final LinkedHashSet<String> givers = new LinkedHashSet<>();

  BlobHomes(BlobFetch blob, Kernel kernel, Participant participant) {
    this.blob = blob;
    this.kernel = kernel;
    this.participant = participant;
  }

  private static int segmentOf(int chunk) {
    return chunk == Question.WHOLE ? 0 : Placement.segmentOf(chunk);
  }

  /** Asks at the end of this turn, together with whatever else is asked in it. */
  void locate(ChunkFetch chunk) {
    if (blob.phase() == BlobFetch.Phase.HELD) {
      fromHolders(chunk);
      return;
    }
    if (wanted.isEmpty()) {
      kernel.post(this::flush);
    }
    wanted.computeIfAbsent(segmentOf(chunk.chunk()), s -> new ArrayList<>()).add(chunk);
  }

  private void fromHolders(ChunkFetch chunk) {
    List<String> usable =
        blob.holders().stream()
            .filter(name -> kernel.usable(name) && !chunk.avoid().contains(name))
            .toList();
    if (usable.isEmpty()) {
      blob.reopen();
    }
    Answer.Place place = new Answer.Place(chunk.chunk(), Answer.PlaceKind.CANDIDATES, usable, "");
    kernel.post(() -> chunk.located(place));
  }

  private void flush() {
    TreeMap<Integer, List<ChunkFetch>> asked = new TreeMap<>(wanted);
    wanted.clear();
    asked.forEach(this::ask);
  }

  private void ask(int segment, List<ChunkFetch> chunks) {
    List<Question.Need> needs = new ArrayList<>();
    Set<String> avoid = new LinkedHashSet<>();
    for (ChunkFetch chunk : chunks) {
      needs.add(new Question.Need(chunk.chunk(), chunk.bytes()));
      avoid.addAll(chunk.avoid());
    }
    String home = kernel.home(blob.key(), segment);
    String before = answered.getOrDefault(segment, home);
    Question question =
        new Question.Locate(
            blob.key(),
            segment,
            blob.size(),
            blob.heldBits(segment),
            needs,
            avoid.stream().limit(Limits.NAMES).toList(),
            blob.holders(),
            participant.room(),
            blob.canFetch(),
            before.equals(home) ? "" : before);
    boolean[] answers = {false};
    kernel.after(
        Limits.HEDGE_NANOS,
        () -> {
          if (!answers[0]) {
            chunks.forEach(chunk -> chunk.unheard(givers()));
          }
        });
    kernel.ask(
        home,
        question,
        Limits.ASK_NANOS,
        answer -> {
          answers[0] = true;
          if (answer instanceof Answer.Located located) {
            answered.put(segment, home);
            located(chunks, located.places());
          } else {
            located(chunks, List.of());
          }
        });
  }

  /** A member gave a chunk: in a crowd it most likely has others. */
  void gave(String member) {
    givers.remove(member);
    givers.add(member);
    if (givers.size() > Limits.NAMES) {
      givers.removeFirst();
    }
  }

  private List<String> givers() {
    return kernel.sample(List.copyOf(givers), Limits.CANDIDATES);
  }

  private static void located(List<ChunkFetch> chunks, List<Answer.Place> places) {
    for (ChunkFetch chunk : chunks) {
      places.stream()
          .filter(place -> place.chunk() == chunk.chunk())
          .findFirst()
          .ifPresentOrElse(chunk::located, chunk::unlocated);
    }
  }

  void report(int chunk, long bytes, Question.LeaseState state, Consumer<Answer.Heard> then) {
    if (!participant.room()) {
      return;
    }
    int segment = segmentOf(chunk);
    Question question =
        new Question.Report(
            blob.key(),
            segment,
            blob.size(),
            blob.heldBits(segment),
            List.of(new Question.Leasehold(chunk, bytes, state)));
    kernel.ask(
        kernel.home(blob.key(), segment),
        question,
        Limits.ASK_NANOS,
        answer -> {
          if (answer instanceof Answer.Heard heard) {
            then.accept(heard);
          }
        });
  }

  /** Tells the homes what is here and what comes, where there is something to be shared. */
  void share(List<Question.Leasehold> leases, Consumer<Answer.Revoked> then) {
    BlobFetch.Phase phase = blob.phase();
    boolean shares = phase == BlobFetch.Phase.CROWD || phase == BlobFetch.Phase.VERIFYING;
    if (shares && blob.size() != Question.UNKNOWN_SIZE) {
      tellAll(leases, () -> then.accept(new Answer.Revoked(Answer.RevokeKind.SPLIT, blob.size())));
    } else {
      then.accept(new Answer.Revoked(Answer.RevokeKind.NOT_FETCHING, Question.UNKNOWN_SIZE));
    }
  }

  /** Tells the homes of all segments what is here and what comes, and then goes on. */
  private void tellAll(List<Question.Leasehold> leases, Runnable then) {
    List<Question.Report> questions = new ArrayList<>();
    int last = new ChunkGrid(blob.size()).count() - 1;
    for (int segment = 0; segment <= segmentOf(last); segment++) {
      int number = segment;
      List<Question.Leasehold> own =
          leases.stream().filter(lease -> segmentOf(lease.chunk()) == number).toList();
      int held = blob.heldBits(segment);
      if (held != 0 || !own.isEmpty()) {
        questions.add(new Question.Report(blob.key(), segment, blob.size(), held, own));
      }
    }
    if (questions.isEmpty()) {
      then.run();
      return;
    }
    int[] pending = {questions.size()};
    for (Question.Report question : questions) {
      kernel.ask(
          kernel.home(blob.key(), question.segment()),
          question,
          Limits.CONSULT_NANOS,
          answer -> {
            if (--pending[0] == 0) {
              then.run();
            }
          });
    }
  }
}
