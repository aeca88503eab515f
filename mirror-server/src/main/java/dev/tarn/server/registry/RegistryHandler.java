package dev.tarn.server.registry;

import dev.tarn.server.mirror.Answer;
import dev.tarn.server.mirror.Content;
import dev.tarn.server.mirror.OciError;
import dev.tarn.server.mirror.Outcome;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client connection: its requests, queued and answered one after the other in their order.
 * Event loop only.
 */
final class RegistryHandler extends ChannelInboundHandlerAdapter
    implements Exchange.Connection, AgentRequests.Sender {
  private final EndpointContext context;
  private final Deque<HttpRequest> waiting = new ArrayDeque<>();
  private @Nullable ChannelHandlerContext channelContext;
  private @Nullable HttpRequest arriving;
  private @Nullable Exchange current;
  private boolean ending;
  private long requestBodyBytes;
  private @Nullable ByteArrayOutputStream form;
  private int bodyLimit;
  private @Nullable AgentRequests entered;
  private long activeNanos;

  RegistryHandler(EndpointContext context) {
    this.context = context;
  }

  private ChannelHandlerContext channel() {
    ChannelHandlerContext attached = channelContext;
    if (attached == null) {
      throw new IllegalStateException("not in a pipeline yet");
    }
    return attached;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    channelContext = ctx;
    activeNanos = context.nanoClock().getAsLong();
    watchIdle(context.settings().idleTimeout().toNanos());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (ending) {
        return;
      }
      if (message instanceof HttpRequest request) {
        begin(request);
      }
      if (message instanceof HttpContent content) {
        if (content.decoderResult().isFailure()) {
          refuseUndecoded(content.decoderResult().cause());
          return;
        }
        requestBodyBytes += content.content().readableBytes();
        if (requestBodyBytes > bodyLimit) {
          refuse(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "no request here has such a body");
          return;
        }
        if (form != null) {
          form.writeBytes(ByteBufUtil.getBytes(content.content()));
        }
        if (message instanceof LastHttpContent) {
          complete();
        }
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void begin(HttpRequest request) {
    requestBodyBytes = 0;
    form = null;
    bodyLimit = RegistrySettings.MAX_REQUEST_BODY_BYTES;
    DecoderResult decoded = request.decoderResult();
    if (decoded.isFailure()) {
      refuseUndecoded(decoded.cause());
      return;
    }
    arriving = request;
    AgentRequests agent = context.agent();
    if (request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD)) {
      return;
    }
    if (context.tokens().isForm(request)) {
      form = new ByteArrayOutputStream();
      bodyLimit = RegistrySettings.MAX_FORM_BYTES;
    } else if (agent != null && AgentRequests.isOne(request)) {
      beginReport(agent);
    } else {
      // Refused without waiting for its body, after which the connection is of no more use.
      request.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
      complete();
    }
  }

  /** One at a time for each connection, behind no other request, and few in all. */
  private void beginReport(AgentRequests agent) {
    if (current != null || !waiting.isEmpty() || !agent.enter(this)) {
      refuseAsOneTooMany();
      return;
    }
    entered = agent;
    form = new ByteArrayOutputStream();
    bodyLimit = AgentRequests.MAX_BODY_BYTES;
  }

  private void refuseAsOneTooMany() {
    refuse(HttpResponseStatus.SERVICE_UNAVAILABLE, "too many at once");
  }

  @Override
  public void displaced() {
    channel()
        .executor()
        .execute(
            () -> {
              if (!ending) {
                refuseAsOneTooMany();
              }
            });
  }

  private void leave() {
    AgentRequests agent = entered;
    entered = null;
    if (agent != null) {
      agent.leave(this);
    }
  }

  private void refuseUndecoded(Throwable cause) {
    switch (cause) {
      case TooLongHttpLineException _ ->
          refuse(HttpResponseStatus.REQUEST_URI_TOO_LONG, "the request line is too long");
      case TooLongFrameException _ ->
          refuse(HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "the headers are too long");
      default -> refuse(HttpResponseStatus.BAD_REQUEST, "not a valid HTTP request");
    }
  }

  private void complete() {
    HttpRequest request = arriving;
    if (request == null) {
      return;
    }
    arriving = null;
    AgentRequests agent = entered;
    if (agent != null && !agent.arrived(this)) {
      return; // It is about to hear why.
    }
    waiting.add(form == null ? request : withForm(request, form));
    form = null;
    if (waiting.size() >= RegistrySettings.MAX_PIPELINED_REQUESTS) {
      channel().channel().config().setAutoRead(false);
    }
    answerNext();
  }

  private static HttpRequest withForm(HttpRequest request, ByteArrayOutputStream form) {
    return new DefaultFullHttpRequest(
        request.protocolVersion(),
        request.method(),
        request.uri(),
        Unpooled.wrappedBuffer(form.toByteArray()), // On the heap: nobody need release it.
        request.headers(),
        EmptyHttpHeaders.INSTANCE);
  }

  private void answerNext() {
    while (current == null && !ending) {
      HttpRequest request = waiting.poll();
      if (request == null) {
        return;
      }
      if (waiting.size() < RegistrySettings.MAX_PIPELINED_REQUESTS) {
        channel().channel().config().setAutoRead(true);
      }
      Exchange exchange = new Exchange(context, channel().channel(), this, request);
      current = exchange;
      exchange.start();
    }
  }

  @Override
  public void next(long now) {
    current = null;
    leave();
    activeNanos = now;
    if (context.isDraining() && waiting.isEmpty()) {
      end();
    } else {
      answerNext();
    }
  }

  @Override
  public void end() {
    current = null;
    leave();
    ending = true;
    waiting.clear();
    finAfter(Unpooled.EMPTY_BUFFER);
  }

  /** Writes one last message, then ends the connection by FIN. */
  private void finAfter(Object last) {
    Channel connection = channel().channel();
    ChannelFuture written = connection.writeAndFlush(last);
    if (!written.isDone()) {
      long limit = context.settings().idleTimeout().toNanos();
      connection.eventLoop().schedule(() -> connection.close(), limit, TimeUnit.NANOSECONDS);
    }
    written.addListener(_ -> LingeringClose.start(connection));
  }

  /** Ends the connection now, and the answer under way with it. */
  void breakOff() {
    waiting.clear();
    Exchange underWay = current;
    if (underWay == null) {
      end();
    } else {
      underWay.breakOff();
    }
  }

  /** Ends the connection if it is idle, else after the answer under way. */
  void drain() {
    if (current == null && waiting.isEmpty()) {
      end();
    }
  }

  private void refuse(HttpResponseStatus status, String why) {
    ending = true;
    waiting.clear();
    leave();
    Exchange underWay = current;
    if (underWay != null) {
      // Nothing can be said in the middle of another answer; that one is ended instead.
      underWay.abandon();
      return;
    }
    Content body = Content.of(new OciError(OciError.Code.UNSUPPORTED, why).toJson());
    Answer refusal = Answer.json(status.code(), Outcome.REJECTED, body);
    ByteBuf response =
        ResponseHead.of(channel().alloc(), refusal, null, Framing.LENGTH, false, body.length());
    body.writeTo(response);
    finAfter(response);
  }

  private void watchIdle(long afterNanos) {
    channel().executor().schedule(this::closeIfIdle, afterNanos, TimeUnit.NANOSECONDS);
  }

  private void closeIfIdle() {
    if (ending || !channel().channel().isActive()) {
      return;
    }
    long limit = context.settings().idleTimeout().toNanos();
    long idle = current == null ? context.nanoClock().getAsLong() - activeNanos : 0;
    if (idle >= limit) {
      end();
    } else {
      watchIdle(limit - idle);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    ending = true;
    waiting.clear();
    leave();
    Exchange underWay = current;
    if (underWay != null) {
      underWay.abandon();
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A connection that broke is the client's affair; what it read is released by channelInactive.
    ctx.close();
  }
}
