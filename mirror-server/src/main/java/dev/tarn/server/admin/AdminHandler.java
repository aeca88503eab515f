package dev.tarn.server.admin;

import static dev.tarn.server.admin.AdminReply.text;

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
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the one request of a connection, then closes it: so nothing is ever out of order, and
 * what comes behind a request is nobody's. Runs on the connection's event loop.
 */
final class AdminHandler extends SimpleChannelInboundHandler<HttpObject> {
  private static final Logger LOG = LoggerFactory.getLogger(AdminHandler.class);

  private final Answers answers;
  private final AdminApi api;
  private final Turns turns;
  private boolean answered;

  /**
   * How many answers are made at a time, of all connections. Who waits for members keeps nobody
   * from what this node says of itself.
   */
  record Turns(
      Semaphore scrapes, Semaphore calls, Semaphore views, Semaphore clusters, Semaphore pages) {}

  AdminHandler(Answers answers, AdminApi api, Turns turns) {
    this.answers = answers;
    this.api = api;
    this.turns = turns;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
    if (answered || !(message instanceof HttpRequest request)) {
      return;
    }
    answered = true;
    if (request.decoderResult().isFailure()) {
      respond(context, true, text(statusOf(request.decoderResult().cause()), ""));
      return;
    }
    boolean withBody = !request.method().equals(HttpMethod.HEAD);
    switch (pathOf(request.uri())) {
      case "/healthz" -> read(context, request, () -> text(HttpResponseStatus.OK, "ok\n"));
      case "/readyz" -> read(context, request, this::readiness);
      case "/metrics" -> {
        if (isRead(request)) {
          MetricsFormat format = MetricsFormat.of(request.headers().getAll(HttpHeaderNames.ACCEPT));
          elsewhere(context, withBody, turns.scrapes(), () -> scrape(format));
        } else {
          respond(context, withBody, AdminReply.notAllowed("GET, HEAD"));
        }
      }
      case AdminApi.STATUS -> view(context, request, turns.views(), api::status);
      case AdminApi.CLUSTER -> view(context, request, turns.clusters(), api::cluster);
      case AdminApi.TRANSFERS -> view(context, request, turns.views(), api::transfers);
      case AdminApi.IMAGES -> view(context, request, turns.views(), api::images);
      case String path when AdminPage.has(path) -> {
        if (isRead(request)) {
          elsewhere(context, withBody, turns.pages(), () -> AdminPage.at(path));
        } else {
          respond(context, withBody, AdminReply.notAllowed("GET, HEAD"));
        }
      }
      case AdminApi.INVALIDATE -> {
        if (request.method().equals(HttpMethod.POST)) {
          String uri = request.uri();
          String authorization = request.headers().get(HttpHeaderNames.AUTHORIZATION);
          elsewhere(context, true, turns.calls(), () -> api.invalidate(uri, authorization));
        } else {
          respond(context, withBody, AdminReply.notAllowed("POST"));
        }
      }
      default -> respond(context, withBody, text(HttpResponseStatus.NOT_FOUND, "not found\n"));
    }
  }

  private static boolean isRead(HttpRequest request) {
    return request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
  }

  private static void read(
      ChannelHandlerContext context, HttpRequest request, Supplier<AdminReply> reply) {
    boolean withBody = !request.method().equals(HttpMethod.HEAD);
    respond(context, withBody, isRead(request) ? reply.get() : AdminReply.notAllowed("GET, HEAD"));
  }

  /** Answers a question that is not for the event loop. */
  private void view(
      ChannelHandlerContext context,
      HttpRequest request,
      Semaphore turn,
      Function<@Nullable String, AdminReply> answer) {
    boolean withBody = !request.method().equals(HttpMethod.HEAD);
    if (!isRead(request)) {
      respond(context, withBody, AdminReply.notAllowed("GET, HEAD"));
      return;
    }
    String authorization = request.headers().get(HttpHeaderNames.AUTHORIZATION);
    elsewhere(context, withBody, turn, () -> answer.apply(authorization));
  }

  private AdminReply readiness() {
    return answers.ready().getAsBoolean()
        ? text(HttpResponseStatus.OK, "ok\n")
        : text(HttpResponseStatus.SERVICE_UNAVAILABLE, "not ready\n");
  }

  private AdminReply scrape(MetricsFormat format) {
    String page = answers.scrape().apply(format);
    return new AdminReply(HttpResponseStatus.OK, format.contentType(), page, Map.of());
  }

  /** Answers off the event loop, where it is this request's turn. */
  private void elsewhere(
      ChannelHandlerContext context,
      boolean withBody,
      Semaphore turn,
      Supplier<AdminReply> answer) {
    if (!turn.tryAcquire()) {
      respond(
          context, withBody, text(HttpResponseStatus.SERVICE_UNAVAILABLE, "too many at once\n"));
      return;
    }
    try {
      answers.executor().execute(() -> answerNow(context, withBody, turn, answer));
    } catch (RejectedExecutionException _) {
      turn.release();
      respond(context, withBody, text(HttpResponseStatus.SERVICE_UNAVAILABLE, "shutting down\n"));
    }
  }

  /** Runs on the executor. Netty hands what is written to the event loop. */
  private static void answerNow(
      ChannelHandlerContext context,
      boolean withBody,
      Semaphore turn,
      Supplier<AdminReply> answer) {
    try {
      respond(context, withBody, answer.get());
    } catch (RuntimeException e) {
      LOG.atError().setMessage("admin answer failed").setCause(e).log();
      respond(context, withBody, text(HttpResponseStatus.INTERNAL_SERVER_ERROR, "failed\n"));
    } finally {
      turn.release();
    }
  }

  private static void respond(ChannelHandlerContext context, boolean withBody, AdminReply reply) {
    int length = ByteBufUtil.utf8Bytes(reply.body());
    ByteBuf content = Unpooled.EMPTY_BUFFER;
    if (withBody) {
      content = context.alloc().buffer(length);
      content.writeCharSequence(reply.body(), StandardCharsets.UTF_8);
    }
    FullHttpResponse response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, reply.status(), content);
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, reply.contentType())
        .setInt(HttpHeaderNames.CONTENT_LENGTH, length)
        .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    reply.headers().forEach((name, value) -> response.headers().set(name, value));
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
