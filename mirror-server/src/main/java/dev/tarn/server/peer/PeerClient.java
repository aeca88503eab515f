package dev.tarn.server.peer;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.placement.Member;
import dev.tarn.core.planner.Event.FetchFailure;
import dev.tarn.core.planner.Question;
import dev.tarn.server.peer.tls.PeerTls;
import dev.tarn.server.peer.wire.Answers;
import dev.tarn.server.peer.wire.ChunkRequest;
import dev.tarn.server.peer.wire.MalformedMessageException;
import dev.tarn.server.peer.wire.PeerProtocol;
import dev.tarn.server.peer.wire.Questions;
import dev.tarn.server.peer.wire.TagMessages;
import dev.tarn.server.peer.wire.TagQuestion;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Asks other nodes, and fetches chunks from them. Thread-safe; nothing here blocks. The node closes
 * it before the event loops end.
 */
public final class PeerClient implements AutoCloseable {
  private static final Duration STATUS_TIMEOUT = Duration.ofSeconds(2);

  private static final AskExchange.Kind<AskOutcome> QUESTION =
      new AskExchange.Kind<>() {
        @Override
        public String path() {
          return PeerProtocol.ASK_PATH;
        }

        @Override
        public AskOutcome answered(byte[] answer) throws MalformedMessageException {
          return new AskOutcome.Answered(Answers.read(answer));
        }

        @Override
        public AskOutcome unanswered(PeerFailure failure) {
          return new AskOutcome.Unanswered(failure);
        }
      };

  private static final AskExchange.Kind<Optional<Digest>> TAG =
      new AskExchange.Kind<>() {
        @Override
        public String path() {
          return PeerProtocol.TAGS_PATH;
        }

        @Override
        public Optional<Digest> answered(byte[] answer) throws MalformedMessageException {
          return TagMessages.readAnswer(answer);
        }

        @Override
        public Optional<Digest> unanswered(PeerFailure failure) {
          return Optional.empty();
        }

        @Override
        public boolean isNew() {
          return true;
        }
      };

  private static final AskExchange.Kind<StatusOutcome> STATUS =
      new AskExchange.Kind<>() {
        @Override
        public String path() {
          return PeerProtocol.STATUS_PATH;
        }

        @Override
        public StatusOutcome answered(byte[] answer) {
          return new StatusOutcome.Said(new String(answer, StandardCharsets.UTF_8));
        }

        @Override
        public StatusOutcome unanswered(PeerFailure failure) {
          return new StatusOutcome.Silent(failure);
        }

        @Override
        public boolean isNew() {
          return true;
        }

        @Override
        public StatusOutcome unknown() {
          return new StatusOutcome.Unknown();
        }

        @Override
        public boolean tellsOfPeer() {
          return false;
        }

        @Override
        public int maxAnswerBytes() {
          return PeerProtocol.MAX_STATUS_BYTES;
        }

        @Override
        public Duration timeout(PeerSettings settings) {
          return STATUS_TIMEOUT;
        }
      };

  /** What all exchanges share. */
  record Parts(
      String self,
      PeerSettings settings,
      PeerListener listener,
      Bandwidth bandwidth,
      AtomicInteger downloads,
      EventLoopGroup timers,
      Executor workers,
      LongSupplier nanoClock) {

    FullHttpRequest get(Member to, String target) {
      return request(HttpMethod.GET, to, target, new byte[0]);
    }

    FullHttpRequest post(Member to, String target, byte[] body) {
      FullHttpRequest request = request(HttpMethod.POST, to, target, body);
      request.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/json");
      request.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.length);
      return request;
    }

    private FullHttpRequest request(HttpMethod method, Member to, String target, byte[] body) {
      FullHttpRequest request =
          new DefaultFullHttpRequest(
              HttpVersion.HTTP_1_1, method, target, Unpooled.wrappedBuffer(body));
      request
          .headers()
          .set(HttpHeaderNames.HOST, to.address())
          .set(PeerProtocol.VERSION_HEADER, PeerProtocol.VERSION)
          .set(PeerProtocol.NODE_HEADER, self)
          .set(PeerProtocol.TO_HEADER, to.name());
      return request;
    }
  }

  private final Parts parts;
  private final PeerPool pool;

  /**
   * A client without connections yet.
   *
   * @param tls empty only where the configuration says in so many words that peers speak plain HTTP
   */
  public PeerClient(
      String self,
      PeerSettings settings,
      Optional<PeerTls> tls,
      PeerSurroundings surroundings,
      PeerListener listener) {
    this.parts =
        new Parts(
            self,
            settings,
            listener,
            new Bandwidth(settings.downloadBytesPerSecond(), surroundings.nanoClock()),
            new AtomicInteger(),
            surroundings.transport().group(),
            surroundings.workers(),
            surroundings.nanoClock());
    this.pool = new PeerPool(new PeerDialer(settings, tls, surroundings, listener), settings);
  }

  /** Asks; {@code then} hears once what became of it, on an event loop or on this very thread. */
  public void ask(Member to, Question question, Consumer<AskOutcome> then) {
    send(to, QUESTION, Questions.write(question), then);
  }

  /**
   * Says something about a tag; {@code then} hears once what it names by what the registry said to
   * the other node, if it says so, on an event loop or on this very thread.
   */
  public void tag(Member to, TagQuestion question, Consumer<Optional<Digest>> then) {
    send(to, TAG, TagMessages.write(question), then);
  }

  private <A> void send(Member to, AskExchange.Kind<A> kind, byte[] body, Consumer<A> then) {
    AskExchange<A> exchange;
    try {
      exchange = new AskExchange<>(to, kind, body, then, parts);
    } catch (RejectedExecutionException e) {
      then.accept(kind.unanswered(PeerFailure.EXHAUSTED)); // The event loops have ended.
      return;
    }
    pool.send(to, exchange);
  }

  /**
   * Asks how a peer is; {@code then} hears once what became of it, on an event loop or on this very
   * thread.
   */
  public void status(Member of, Consumer<StatusOutcome> then) {
    send(of, STATUS, new byte[0], then);
  }

  /** Fetches a chunk from a peer. */
  public Fetch fetch(Member from, ChunkRequest request, ChunkReceiver receiver) {
    FetchExchange exchange = new FetchExchange(from, request, receiver, parts);
    if (parts.downloads().incrementAndGet() > parts.settings().maxDownloads()) {
      exchange.refuse(FetchFailure.BUSY);
    } else {
      pool.send(from, exchange);
    }
    return exchange;
  }

  /** How many chunks are being received. */
  public int downloads() {
    return parts.downloads().get();
  }

  /** How many connections are open or being opened. */
  public int connections() {
    return pool.open();
  }

  /** Closes every connection; what is under way fails. */
  @Override
  public void close() {
    pool.close();
  }
}
