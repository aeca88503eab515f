package dev.tarn.server.peer;

import dev.tarn.core.placement.Member;
import dev.tarn.server.peer.wire.MalformedMessageException;
import dev.tarn.server.peer.wire.PeerProtocol;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One question to one peer, and its bounded time; {@code A} is what may become of it. Its state
 * belongs to its connection's event loop; the outcome is told once, on an event loop. A question of
 * no bytes is a GET.
 */
final class AskExchange<A> implements PeerExchange {
  /** What a question is, and what its answer means. */
  interface Kind<A> {
    String path();

    A answered(byte[] answer) throws MalformedMessageException;

    A unanswered(PeerFailure failure);

    /** Whether members of an earlier version do not know the path: that is no fault of theirs. */
    default boolean isNew() {
      return false;
    }

    /** What it comes to where they do not. */
    default A unknown() {
      return unanswered(PeerFailure.STATUS);
    }

    /** Whether what becomes of it says anything of whom to fetch from. */
    default boolean tellsOfPeer() {
      return true;
    }

    default int maxAnswerBytes() {
      return PeerProtocol.MAX_MESSAGE_BYTES;
    }

    default Duration timeout(PeerSettings settings) {
      return settings.askTimeout();
    }
  }

  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int MISDIRECTED = 421;

  private final Member peer;
  private final Kind<A> kind;
  private final byte[] question;
  private final Consumer<A> then;
  private final PeerClient.Parts parts;
  private final AtomicBoolean over = new AtomicBoolean();
  private final ByteArrayOutputStream answer = new ByteArrayOutputStream();
  private final long started;
  private final ScheduledFuture<?> timer;
  private volatile @Nullable PeerLink link;
  private boolean unknown;

  AskExchange(
      Member peer, Kind<A> kind, byte[] question, Consumer<A> then, PeerClient.Parts parts) {
    this.peer = peer;
    this.kind = kind;
    this.question = question;
    this.then = then;
    this.parts = parts;
    this.started = parts.nanoClock().getAsLong();
    this.timer =
        parts
            .timers()
            .schedule(this::late, kind.timeout(parts.settings()).toNanos(), TimeUnit.NANOSECONDS);
  }

  private void late() {
    failed(new PeerTrouble(PeerFailure.TIMEOUT, "no answer in time"));
    PeerLink by = link;
    if (by != null) {
      by.abandon(this, answer::reset);
    }
  }

  @Override
  public FullHttpRequest begin(PeerLink by) {
    link = by;
    return question.length == 0
        ? parts.get(peer, kind.path())
        : parts.post(peer, kind.path(), question);
  }

  @Override
  public boolean head(int status, HttpHeaders headers) {
    answer.reset();
    if (status == OK) {
      return true;
    }
    if (status == NOT_FOUND && kind.isNew()) {
      unknown = true;
      return true;
    }
    PeerFailure failure = status == MISDIRECTED ? PeerFailure.OTHER_NODE : PeerFailure.STATUS;
    failed(new PeerTrouble(failure, "it answered " + status));
    return false;
  }

  @Override
  public boolean body(ByteBuf bytes) {
    if (answer.size() + bytes.readableBytes() > kind.maxAnswerBytes()) {
      failed(new PeerTrouble(PeerFailure.PROTOCOL, "an answer beyond the limit"));
      return false;
    }
    try {
      bytes.readBytes(answer, bytes.readableBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e); // It is memory.
    }
    return true;
  }

  @Override
  public void pause() {}

  @Override
  public void end(HttpHeaders trailers) {
    if (unknown) {
      end(Optional.empty(), kind.unknown());
      return;
    }
    try {
      end(Optional.empty(), kind.answered(answer.toByteArray()));
    } catch (MalformedMessageException e) {
      failed(new PeerTrouble(PeerFailure.PROTOCOL, "an answer that is none: " + e.getMessage()));
      PeerLink by = link;
      if (by != null) {
        by.close();
      }
    }
  }

  @Override
  public void failed(PeerTrouble trouble) {
    if (!over.get() && kind.tellsOfPeer()) {
      parts.listener().unreachable(peer, trouble.failure(), trouble.detail());
    }
    end(Optional.of(trouble.failure()), kind.unanswered(trouble.failure()));
  }

  private void end(Optional<PeerFailure> failure, A outcome) {
    if (over.compareAndSet(false, true)) {
      timer.cancel(false);
      if (kind.tellsOfPeer()) {
        parts.listener().asked(peer, failure, parts.nanoClock().getAsLong() - started);
      }
      then.accept(outcome);
    }
  }

  @Override
  public boolean isCancelled() {
    return over.get();
  }
}
