package dev.tarn.server.admin;

import dev.tarn.server.admin.AdminEndpoint.Answers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the one request of a connection, then closes it: so nothing is ever out of order, and
 * what comes behind a request is nobody's. Runs on the connection's event loop.
 */
final class AdminHandler extends SimpleChannelInboundHandler<HttpObject> {
  private static final Logger LOG = LoggerFactory.getLogger(AdminHandler.class);
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private final Answers answers;
  private final Semaphore scrapes;
  private boolean answered;

  AdminHandler(Answers answers, Semaphore scrapes) {
    this.answers = answers;
    this.scrapes = scrapes;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
    if (answered || !(message instanceof HttpRequest request)) {
      return;
    }
    answered = true;
    if (request.decoderResult().isFailure()) {
      respond(context, true, statusOf(request.decoderResult().cause()), "");
      return;
    }
    boolean head = request.method().equals(HttpMethod.HEAD);
    String path = pathOf(request.uri());
    switch (path) {
      case "/healthz", "/readyz", "/metrics" -> {
        if (head || request.method().equals(HttpMethod.GET)) {
          answer(context, path, !head);
        } else {
          respond(context, true, HttpResponseStatus.METHOD_NOT_ALLOWED, "only GET and HEAD\n");
        }
      }
      default -> respond(context, !head, HttpResponseStatus.NOT_FOUND, "not found\n");
    }
  }

  private void answer(ChannelHandlerContext context, String path, boolean withBody) {
    if (path.equals("/metrics")) {
      scrape(context, withBody);
    } else if (path.equals("/healthz") || answers.ready().getAsBoolean()) {
      respond(context, withBody, HttpResponseStatus.OK, "ok\n");
    } else {
      respond(context, withBody, HttpResponseStatus.SERVICE_UNAVAILABLE, "not ready\n");
    }
  }

  private void scrape(ChannelHandlerContext context, boolean withBody) {
    if (!scrapes.tryAcquire()) {
      respond(
          context, withBody, HttpResponseStatus.SERVICE_UNAVAILABLE, "too many scrapes at once\n");
      return;
    }
    try {
      answers.executor().execute(() -> scrapeNow(context, withBody));
    } catch (RejectedExecutionException _) {
      scrapes.release();
      respond(context, withBody, HttpResponseStatus.SERVICE_UNAVAILABLE, "shutting down\n");
    }
  }

  /** Runs on the executor. Netty hands what is written to the event loop. */
  private void scrapeNow(ChannelHandlerContext context, boolean withBody) {
    try {
      String metrics = answers.scrape().get();
      respond(context, withBody, HttpResponseStatus.OK, PROMETHEUS, metrics);
    } catch (RuntimeException e) {
      LOG.atError().setMessage("scrape failed").setCause(e).log();
      respond(context, withBody, HttpResponseStatus.INTERNAL_SERVER_ERROR, "scrape failed\n");
    } finally {
      scrapes.release();
    }
  }

  private static void respond(
      ChannelHandlerContext context, boolean withBody, HttpResponseStatus status, String body) {
    respond(context, withBody, status, TEXT, body);
  }

  private static void respond(
      ChannelHandlerContext context,
      boolean withBody,
      HttpResponseStatus status,
      String contentType,
      String body) {
    int length = ByteBufUtil.utf8Bytes(body);
    ByteBuf content = Unpooled.EMPTY_BUFFER;
    if (withBody) {
      content = context.alloc().buffer(length);
      content.writeCharSequence(body, StandardCharsets.UTF_8);
    }
    FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, content);
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, contentType)
        .setInt(HttpHeaderNames.CONTENT_LENGTH, length)
        .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    if (status.equals(HttpResponseStatus.METHOD_NOT_ALLOWED)) {
      response.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
    }
    context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }

  private static HttpResponseStatus statusOf(Throwable cause) {
    return switch (cause) {
      case TooLongHttpLineException _ -> HttpResponseStatus.REQUEST_URI_TOO_LONG;
      case TooLongHttpHeaderException _ -> HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE;
      default -> HttpResponseStatus.BAD_REQUEST;
    };
  }

  private static String pathOf(String uri) {
    int query = uri.indexOf('?');
    return query < 0 ? uri : uri.substring(0, query);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!(cause instanceof IOException)) {
      LOG.atDebug().setMessage("admin connection failed").setCause(cause).log();
    }
    var _ = context.close();
  }
}
