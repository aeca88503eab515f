package dev.tarn.server.registry;

import dev.tarn.core.transfer.Transfer;
import dev.tarn.server.mirror.Answer;
import dev.tarn.server.mirror.Body;
import dev.tarn.server.mirror.Content;
import dev.tarn.server.mirror.HeaderFields;
import dev.tarn.server.mirror.HeaderFields.Field;
import dev.tarn.server.mirror.MirrorRequest;
import dev.tarn.server.mirror.OciError;
import dev.tarn.server.mirror.Outcome;
import dev.tarn.server.mirror.Source;
import dev.tarn.server.registry.RequestParser.Parsed;
import dev.tarn.server.trace.TraceParent;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.util.AsciiString;
import io.netty.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer, on the connection's event loop.
 *
 * <pre>
 *   asking ── answer, or time is up ──▶ answering ── last byte, cut, or client gone ──▶ over
 * </pre>
 *
 * <p>It owns the answer's body from the moment that it has it. An answer that comes after the time
 * was up is closed unread; the fetch behind it goes on.
 */
final class Exchange implements BodyWriter.Ending {
  private static final String API_VERSION = "Docker-Distribution-API-Version";
  private static final AsciiString TRACE_PARENT = AsciiString.cached(TraceParent.HEADER);
  private static final Content PING = Content.of("{}");
  private static final HeaderFields PING_HEADERS =
      HeaderFields.of(
          new Field("Content-Type", "application/json"), new Field(API_VERSION, "registry/2.0"));

  /** So that who asked, who has it from here, goes on to whom it has besides. */
  private static final OciError CAME_ROUND =
      new OciError(OciError.Code.NAME_UNKNOWN, "this mirror asked it itself");

  private enum State {
    ASKING,
    ANSWERING,
    OVER
  }

  /** What becomes of the connection after an exchange. */
  interface Connection {
    /** The next request may be answered; it is {@code now} by the nanosecond clock. */
    void next(long now);

    /** No further request: the connection is ended by FIN. */
    void end();
  }

  private final EndpointContext context;
  private final Channel channel;
  private final Connection connection;
  private final HttpRequest http;
  private final boolean keepAlive;
  private final long startedNanos;
  private State state = State.ASKING;
  private boolean isReport;
  private @Nullable MirrorRequest request;
  private @Nullable Links links;
  private @Nullable Answer answer;
  private @Nullable BodyWriter writer;
  private @Nullable Future<?> timer;
  private long firstByteNanos;
  private @Nullable Patience patience;

  Exchange(EndpointContext context, Channel channel, Connection connection, HttpRequest http) {
    this.context = context;
    this.channel = channel;
    this.connection = connection;
    this.http = http;
    this.keepAlive = HttpUtil.isKeepAlive(http) && !context.isDraining();
    this.startedNanos = context.nanoClock().getAsLong();
  }

  void start() {
    AgentRequests agent = context.agent();
    if (agent != null && http instanceof FullHttpRequest report && AgentRequests.isOne(report)) {
      isReport = true;
      ask(() -> agent.answer(report, channel));
      return;
    }
    Parsed parsed =
        context.tokens().isOne(http)
            ? context.tokens().parse(http, channel)
            : context.parser().parse(http);
    switch (parsed) {
      case Parsed.Ping _ -> respond(ping());
      case Parsed.Refused(int status, OciError error) ->
          respond(Answer.error(status, Outcome.REJECTED, error));
      case Parsed.Canary(String repository, Parsed.Refused refused) -> {
        if (agent != null) {
          agent.sawCanary(repository, startedNanos);
        }
        respond(Answer.error(refused.status(), Outcome.REJECTED, refused.error()));
      }
      case Parsed.Ask(MirrorRequest asked, @Nullable Links clientLinks, boolean byNamespace) -> {
        if (agent != null && agent.cameRound(http)) {
          respond(Answer.error(404, Outcome.REJECTED, CAME_ROUND));
          return;
        }
        request = asked;
        links = clientLinks;
        if (agent != null && byNamespace) {
          agent.saw(asked.scope().registry(), http, startedNanos);
        }
        Answer hit = context.hit(asked);
        if (hit != null) {
          respond(hit);
        } else {
          String base = context.tokens().base(channel);
          ask(() -> context.answer(asked, base));
        }
      }
    }
  }

  private static Answer ping() {
    return new Answer(
        200, PING.length(), PING_HEADERS, new Body.Bytes(PING), Source.NONE, Outcome.PASSED, null);
  }

  private void ask(Supplier<Answer> question) {
    timer =
        channel
            .eventLoop()
            .schedule(
                this::timeIsUp, context.settings().headerTimeout().toNanos(), TimeUnit.NANOSECONDS);
    context.workers().execute(() -> deliver(question.get()));
  }

  /** On a virtual thread: hands the answer over to the event loop. */
  private void deliver(Answer delivered) {
    try {
      channel
          .eventLoop()
          .execute(
              () -> {
                if (state == State.ASKING) {
                  respond(delivered);
                } else {
                  delivered.close();
                }
              });
    } catch (RejectedExecutionException e) {
      delivered.close();
    }
  }

  private void timeIsUp() {
    if (state == State.ASKING) {
      respond(
          Answer.error(
              504,
              Outcome.FAILED,
              new OciError(OciError.Code.UNAVAILABLE, "no answer in time; the fetch goes on")));
    }
  }

  private void respond(Answer given) {
    state = State.ANSWERING;
    answer = given;
    cancelTimer();
    firstByteNanos = context.nanoClock().getAsLong();
    if (isHead() || given.body() instanceof Body.None) {
      writeWhole(given, null);
    } else if (given.body() instanceof Body.Bytes(Content content)) {
      writeWhole(given, content);
    } else if (given.body() instanceof Body.Growing growing) {
      startGrowing(given, growing);
    } else {
      startBody(given, 0);
    }
  }

  /** Looks once more before headers leave: for a transfer that failed meanwhile there are none. */
  private void startGrowing(Answer given, Body.Growing growing) {
    switch (growing.reader().progress(growing.start())) {
      case Transfer.Progress.Ready(long ready) -> startBody(given, ready);
      case Transfer.Progress.Waiting _, Transfer.Progress.AtEnd _ ->
          startBody(given, growing.start());
      case Transfer.Progress.Failed _ -> {
        given.close();
        respond(
            Answer.error(
                502,
                Outcome.FAILED,
                new OciError(OciError.Code.UNAVAILABLE, "the transfer has just failed")));
      }
    }
  }

  private void startBody(Answer given, long firstReady) {
    Framing framing = framing(given);
    channel.write(head(given, framing, 0));
    patience =
        new Patience(
            context.settings().stallTimeout(), context.settings().idleTimeout(), firstByteNanos);
    BodyWriter body =
        BodyWriter.of(given.body(), channel, framing, context.workers(), firstReady, this);
    writer = body;
    body.start();
    if (body.isWaiting()) {
      channel.flush(); // Headers without a byte, as one is on its way.
    }
    watch();
  }

  /** Head and body in one write, which with luck is one system call and one segment. */
  private void writeWhole(Answer given, @Nullable Content content) {
    int length = content == null ? 0 : content.length();
    Framing framing = framing(given);
    ByteBuf bytes = head(given, framing, length);
    if (content != null) {
      content.writeTo(bytes);
    }
    ChannelFuture written = channel.writeAndFlush(bytes);
    if (framing == Framing.CHUNKED) {
      written = framing.end(channel);
    }
    if (written.isDone()) {
      wholeWritten(written, length);
      return;
    }
    // A few megabytes at most: who does not take them in all that time takes nothing.
    long limit = context.settings().idleTimeout().toNanos();
    timer = channel.eventLoop().schedule(() -> channel.close(), limit, TimeUnit.NANOSECONDS);
    written.addListener(done -> wholeWritten(done, length));
  }

  private void wholeWritten(Future<?> written, int length) {
    over(written.isSuccess(), !written.isSuccess(), length);
  }

  private ByteBuf head(Answer given, Framing framing, int bodyBytes) {
    return ResponseHead.of(channel.alloc(), given, links, framing, keepAlive, bodyBytes);
  }

  private Framing framing(Answer given) {
    return given.contentLength() >= 0 || isHead() ? Framing.LENGTH : Framing.CHUNKED;
  }

  private boolean isHead() {
    return http.method().equals(HttpMethod.HEAD);
  }

  /** Ends a body that has made no progress for too long. */
  private void watch() {
    BodyWriter body = writer;
    Patience watched = patience;
    if (body == null || watched == null || state != State.ANSWERING) {
      return;
    }
    long now = context.nanoClock().getAsLong();
    long left = watched.left(now, body.isWaiting(), body.came(), body.written());
    if (left <= 0) {
      if (body.isWaiting()) {
        cut("stalled");
      } else {
        // Its socket is full and stays so: there is nobody to send a FIN to.
        channel.close();
      }
      return;
    }
    long soon = Math.min(left, TimeUnit.SECONDS.toNanos(1));
    timer = channel.eventLoop().schedule(this::watch, soon, TimeUnit.NANOSECONDS);
  }

  @Override
  public void completed() {
    Answer given = answer;
    if (state == State.ANSWERING && given != null) {
      long bytes = writer == null ? 0 : writer.written();
      framing(given)
          .end(channel)
          .addListener(done -> over(done.isSuccess(), !done.isSuccess(), bytes));
    }
  }

  @Override
  public void cut(String why) {
    if (state == State.ANSWERING) {
      over(false, !channel.isActive(), writer == null ? 0 : writer.written());
    }
  }

  /** The client is gone, or makes no sense any more. */
  void abandon() {
    over(false, true, writer == null ? 0 : writer.written());
  }

  /** This node is shutting down: what cannot be answered any more is refused, a body is cut. */
  void breakOff() {
    if (state == State.ASKING) {
      respond(EndpointContext.unavailable("shutting down"));
    } else {
      over(false, false, writer == null ? 0 : writer.written());
    }
  }

  private void over(boolean whole, boolean clientLeft, long bytes) {
    if (state == State.OVER) {
      return;
    }
    state = State.OVER;
    cancelTimer();
    if (writer != null) {
      writer.abort();
    }
    Answer given = answer;
    if (given != null) {
      given.close();
    }
    long now = context.nanoClock().getAsLong();
    report(given, now, whole, clientLeft, bytes);
    if (whole && keepAlive) {
      connection.next(now);
    } else {
      connection.end();
    }
  }

  private void report(
      @Nullable Answer given, long now, boolean whole, boolean clientLeft, long bytes) {
    if (isReport) {
      return; // Nobody's pull: it is counted where it is answered.
    }
    context
        .listener()
        .finished(
            new ExchangeListener.Finished(
                request,
                http.method().name(),
                given == null ? 499 : given.status(),
                given == null ? Source.NONE : given.source(),
                given == null ? Outcome.FAILED : given.outcome(),
                bytes,
                (given == null ? now : firstByteNanos) - startedNanos,
                now - startedNanos,
                whole,
                clientLeft,
                channel.remoteAddress(),
                trace()));
  }

  private @Nullable TraceParent trace() {
    return http.headers().contains(TRACE_PARENT)
        ? TraceParent.of(http.headers().getAll(TRACE_PARENT))
        : null;
  }

  private void cancelTimer() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }
}
