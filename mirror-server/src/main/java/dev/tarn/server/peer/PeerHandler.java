package dev.tarn.server.peer;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.planner.Answer;
import dev.tarn.core.planner.Event.FetchFailure;
import dev.tarn.core.planner.Question;
import dev.tarn.core.tag.TagName;
import dev.tarn.server.net.TlsLibrary;
import dev.tarn.server.peer.tls.PeerCertificate;
import dev.tarn.server.peer.tls.TlsTrouble;
import dev.tarn.server.peer.wire.Answers;
import dev.tarn.server.peer.wire.ChunkRequest;
import dev.tarn.server.peer.wire.MalformedMessageException;
import dev.tarn.server.peer.wire.PeerProtocol;
import dev.tarn.server.peer.wire.Questions;
import dev.tarn.server.peer.wire.TagMessages;
import dev.tarn.server.peer.wire.TagQuestion;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection that another node opened: one request at a time, answered before the next. Event
 * loop only, but for replies, which hop there.
 */
final class PeerHandler extends ChannelInboundHandlerAdapter implements ServedChunk.Connection {
  private final EndpointParts parts;
  private final boolean secure;
  private @Nullable PeerCertificate certificate;
  private @Nullable HttpRequest arriving;
  private @Nullable ByteBuf message;
  private @Nullable ServedChunk upload;
  private boolean answering;
  private boolean over;
  private long activeNanos;
  private long exchange;

  PeerHandler(EndpointParts parts, boolean secure) {
    this.parts = parts;
    this.secure = secure;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    active();
    watch(ctx, parts.settings().idleTimeout().toNanos());
  }

  @Override
  public void active() {
    activeNanos = parts.nanoClock().getAsLong();
  }

  private void watch(ChannelHandlerContext ctx, long afterNanos) {
    ctx.executor()
        .schedule(
            () -> {
              long limit = parts.settings().idleTimeout().toNanos();
              long idle = parts.nanoClock().getAsLong() - activeNanos;
              if (over || !ctx.channel().isActive()) {
                return;
              }
              if (idle >= limit) {
                ctx.close();
              } else {
                watch(ctx, limit - idle);
              }
            },
            afterNanos,
            TimeUnit.NANOSECONDS);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      String remote = String.valueOf(ctx.channel().remoteAddress());
      if (!handshake.isSuccess()) {
        TlsTrouble trouble = TlsTrouble.of(handshake.cause());
        String detail = TlsLibrary.reason(handshake.cause());
        parts.listener().handshakeFailed(false, remote, trouble, detail);
        ctx.close();
        return;
      }
      SslHandler handler = ctx.pipeline().get(SslHandler.class);
      certificate = PeerCertificate.of(handler.engine().getSession()).orElse(null);
      if (certificate == null) {
        String detail = "its certificate names no node";
        parts.listener().handshakeFailed(false, remote, TlsTrouble.FOREIGN, detail);
        ctx.close();
      }
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object read) {
    try {
      if (over) {
        return;
      }
      active();
      if (read instanceof HttpRequest request) {
        begin(ctx, request);
      }
      if (!over && read instanceof HttpContent content) {
        take(ctx, content);
      }
    } finally {
      ReferenceCountUtil.release(read);
    }
  }

  private void begin(ChannelHandlerContext ctx, HttpRequest request) {
    if (request.decoderResult().isFailure() || answering || arriving != null) {
      refuseAndClose(ctx, 400, "not a request of this protocol, or not its turn");
      return;
    }
    arriving = request;
    message = null;
  }

  private void take(ChannelHandlerContext ctx, HttpContent content) {
    HttpRequest request = arriving;
    if (request == null || content.decoderResult().isFailure()) {
      refuseAndClose(ctx, 400, "a body that is no body");
      return;
    }
    ByteBuf bytes = content.content();
    if (bytes.isReadable()) {
      ByteBuf gathered = message;
      if (gathered == null) {
        gathered = ctx.alloc().heapBuffer(bytes.readableBytes());
        message = gathered;
      }
      if (gathered.readableBytes() + bytes.readableBytes() > PeerProtocol.MAX_MESSAGE_BYTES) {
        refuseAndClose(ctx, 413, "a message beyond the limit");
        return;
      }
      gathered.writeBytes(bytes);
    }
    if (content instanceof LastHttpContent) {
      arriving = null;
      byte[] body = takeMessage();
      dispatch(ctx, request, body);
    }
  }

  private byte[] takeMessage() {
    ByteBuf gathered = message;
    message = null;
    if (gathered == null) {
      return new byte[0];
    }
    try {
      return ByteBufUtil.getBytes(gathered);
    } finally {
      gathered.release();
    }
  }

  private void dispatch(ChannelHandlerContext ctx, HttpRequest request, byte[] body) {
    String from = sender(request);
    if (from.isEmpty() || request.headers().get(PeerProtocol.VERSION_HEADER) == null) {
      refuseAndClose(ctx, 400, "a request by nobody");
      return;
    }
    if (isExpired(ctx, from)) {
      return;
    }
    answering = true;
    exchange++;
    String to = request.headers().get(PeerProtocol.TO_HEADER);
    if (to != null && !to.equals(parts.self())) {
      refuse(ctx, from, 421, "this is another node");
    } else if (request.method().equals(HttpMethod.GET)
        && request.uri().equals(PeerProtocol.STATUS_PATH)) {
      status(ctx, from);
    } else if (request.method().equals(HttpMethod.POST)
        && path(request).equals(PeerProtocol.ASK_PATH)) {
      ask(ctx, from, body);
    } else if (request.method().equals(HttpMethod.POST)
        && path(request).equals(PeerProtocol.TAGS_PATH)) {
      tag(ctx, from, body);
    } else if (request.method().equals(HttpMethod.GET)) {
      ChunkRequest.parse(request.uri())
          .ifPresentOrElse(
              chunk -> fetch(ctx, from, chunk), () -> refuse(ctx, from, 404, "no such path"));
    } else {
      refuse(ctx, from, 404, "no such path");
    }
  }

  private static String path(HttpRequest request) {
    String target = request.uri();
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }

  private String sender(HttpRequest request) {
    PeerCertificate proven = certificate;
    if (secure) {
      return proven == null ? "" : proven.node();
    }
    String said = request.headers().get(PeerProtocol.NODE_HEADER, "");
    return PeerProtocol.isNodeName(said) ? said : "";
  }

  /** Whether a certificate expired since the handshake; the connection is closed then. */
  private boolean isExpired(ChannelHandlerContext ctx, String from) {
    PeerCertificate proven = certificate;
    if (proven == null || proven.validUntil().isAfter(parts.clock().instant())) {
      return false;
    }
    String detail = "its certificate expired at " + proven.validUntil();
    parts.listener().handshakeFailed(false, from, TlsTrouble.EXPIRED, detail);
    over = true;
    ctx.close();
    return true;
  }

  private void ask(ChannelHandlerContext ctx, String from, byte[] body) {
    Optional<Question> question;
    try {
      question = Questions.read(body);
    } catch (MalformedMessageException e) {
      parts.listener().malformed(from, String.valueOf(e.getMessage()));
      refuse(ctx, from, 400, "not a question");
      return;
    }
    long asked = exchange;
    if (question.isEmpty()) {
      reply(ctx, from, asked, new Answer.Noted()); // It is of a later version.
    } else {
      parts
          .service()
          .asked(from, question.get(), answer -> hop(ctx, () -> reply(ctx, from, asked, answer)));
    }
  }

  private void tag(ChannelHandlerContext ctx, String from, byte[] body) {
    Optional<TagQuestion> question;
    try {
      question = TagMessages.read(body);
    } catch (MalformedMessageException e) {
      parts.listener().malformed(from, String.valueOf(e.getMessage()));
      refuse(ctx, from, 400, "nothing about a tag");
      return;
    }
    long asked = exchange;
    switch (question.orElse(null)) {
      case TagQuestion.Told(TagName tag, Digest digest) -> {
        parts.service().tagTold(tag, digest);
        json(ctx, from, asked, TagMessages.writeAnswer(Optional.empty()));
      }
      case TagQuestion.Asked(TagName tag) ->
          parts
              .service()
              .tagAsked(
                  tag,
                  known -> hop(ctx, () -> json(ctx, from, asked, TagMessages.writeAnswer(known))));
      case null -> json(ctx, from, asked, TagMessages.writeAnswer(Optional.empty()));
    }
  }

  private void reply(ChannelHandlerContext ctx, String from, long asked, Answer answer) {
    if (!isOpen(asked)) {
      return;
    }
    if (answer instanceof Answer.Silence) {
      refuse(ctx, from, 503, "no answer");
      return;
    }
    json(ctx, from, asked, Answers.write(answer));
  }

  /** Whether the answer to that request is still to be written. */
  private boolean isOpen(long asked) {
    return !over && answering && asked == exchange;
  }

  private void json(ChannelHandlerContext ctx, String from, long asked, byte[] body) {
    if (!isOpen(asked)) {
      return;
    }
    parts.listener().answered(from, false, 200);
    ctx.writeAndFlush(ResponseBytes.full(ctx.alloc(), 200, "application/json", body, ""));
    answering = false;
  }

  private void status(ChannelHandlerContext ctx, String from) {
    long asked = exchange;
    parts.service().statusAsked(from, text -> hop(ctx, () -> tell(ctx, from, asked, text)));
  }

  private void tell(ChannelHandlerContext ctx, String from, long asked, String text) {
    if (!isOpen(asked)) {
      return;
    }
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    if (body.length == 0 || body.length > PeerProtocol.MAX_STATUS_BYTES) {
      refuse(ctx, from, 404, "not told");
      return;
    }
    json(ctx, from, asked, body);
  }

  private void fetch(ChannelHandlerContext ctx, String from, ChunkRequest request) {
    if (parts.uploads().get() >= parts.settings().maxUploads()) {
      parts.listener().answered(from, true, PeerProtocol.statusOf(FetchFailure.BUSY));
      ctx.writeAndFlush(ResponseBytes.refusal(ctx.alloc(), FetchFailure.BUSY));
      answering = false;
      return;
    }
    ServedChunk served = new ServedChunk(ctx.channel(), this, parts, from, request, !secure);
    upload = served;
    parts.service().fetchAsked(from, request, served);
  }

  @Override
  public void ended(boolean reusable) {
    upload = null;
    answering = false;
    active();
    if (!reusable) {
      over = true;
    }
  }

  private void refuse(ChannelHandlerContext ctx, String from, int status, String why) {
    parts.listener().answered(from, false, status);
    byte[] text = why.getBytes(StandardCharsets.US_ASCII);
    ctx.writeAndFlush(ResponseBytes.full(ctx.alloc(), status, "text/plain", text, ""));
    answering = false;
  }

  private void refuseAndClose(ChannelHandlerContext ctx, int status, String why) {
    over = true;
    String remote = String.valueOf(ctx.channel().remoteAddress());
    parts.listener().malformed(remote, why);
    ServedChunk underWay = upload;
    if (underWay != null) {
      ctx.close();
      return;
    }
    byte[] text = why.getBytes(StandardCharsets.US_ASCII);
    ctx.writeAndFlush(ResponseBytes.full(ctx.alloc(), status, "text/plain", text, ""))
        .addListener(ChannelFutureListener.CLOSE);
  }

  private static void hop(ChannelHandlerContext ctx, Runnable task) {
    Channel channel = ctx.channel();
    try {
      channel.eventLoop().execute(task);
    } catch (RejectedExecutionException e) {
      // The event loops have ended, and the connection with them.
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    over = true;
    takeMessage();
    ServedChunk underWay = upload;
    if (underWay != null) {
      underWay.connectionLost();
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // Handshakes tell of themselves; any other connection that broke is the other node's affair.
    ctx.close();
  }
}
