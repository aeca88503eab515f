package dev.tarn.core.planner;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Asks a blob's home what to do, until there is something to do. The planner's thread. */
final class BlobOpening {
  private final BlobFetch blob;
  private final Kernel kernel;
  private final Participant participant;
  private List<String> avoid = List.of();
  private int round;
  private int silences;
  private boolean renewing;
  private boolean asking;

  /** Who would have this node share what it has not yet heard to be its own to fetch. */
  private final List<Consumer<Answer.Revoked>> revokers = new ArrayList<>();

  BlobOpening(BlobFetch blob, Kernel kernel, Participant participant) {
    this.blob = blob;
    this.kernel = kernel;
    this.participant = participant;
  }

  void reopen(List<String> avoided) {
    avoid = List.copyOf(avoided);
    blob.opening();
    open();
  }

  void openIfOpening() {
    if (blob.phase() == BlobFetch.Phase.OPENING) {
      open();
    }
  }

  void open() {
    int current = ++round;
    asking = true;
    kernel.ask(
        kernel.home(blob.key(), 0),
        question(false),
        Limits.ASK_NANOS,
        answer -> {
          if (current == round) {
            asking = false;
            if (blob.phase() == BlobFetch.Phase.OPENING) {
              opened(answer);
            }
            List<Consumer<Answer.Revoked>> waiting = List.copyOf(revokers);
            revokers.clear();
            waiting.forEach(blob::revoke);
          }
        });
    if (!renewing) {
      renewing = true;
      kernel.after(Limits.RENEWAL_NANOS, this::renew);
    }
  }

  /** The home's word that this node is alone may come after its word that others came. */
  void revoke(Consumer<Answer.Revoked> then) {
    if (asking) {
      revokers.add(then);
    } else {
      blob.share(List.of(), then);
    }
  }

  private Question.Open question(boolean renewal) {
    return new Question.Open(blob.key(), participant.room(), blob.canFetch(), renewal, avoid);
  }

  private void renew() {
    if (blob.phase() == BlobFetch.Phase.ENDED) {
      return;
    }
    kernel.ask(kernel.home(blob.key(), 0), question(true), Limits.ASK_NANOS, answer -> {});
    kernel.after(Limits.RENEWAL_NANOS, this::renew);
  }

  private void opened(Answer answer) {
    switch (answer) {
      case Answer.Complete complete -> blob.heldBy(complete.size(), complete.holders());
      case Answer.Alone _ -> blob.alone(participant.room());
      case Answer.Crowd crowd -> blob.crowd(crowd.size(), crowd.seeds());
      case Answer.Behind behind -> blob.stream(behind.size());
      case Answer.Later later -> again(Limits.millis(later.millis()));
      case Answer.Silence _ -> again(silences++ < Limits.RANKS ? 0 : Limits.RETRY_MAX_NANOS);
      case Answer.Nobody _,
          Answer.Located _,
          Answer.Load _,
          Answer.Heard _,
          Answer.Revoked _,
          Answer.Known _,
          Answer.Noted _ ->
          again(Limits.RETRY_MAX_NANOS);
    }
  }

  private void again(long nanos) {
    int current = round;
    kernel.after(
        nanos,
        () -> {
          if (current == round) {
            openIfOpening();
          }
        });
  }
}
