package dev.tarn.server.admin;

import static dev.tarn.server.admin.AdminReply.json;

import dev.tarn.server.admin.AdminEndpoint.Answers;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an operator can have a node do: {@code POST /api/v1/invalidate?reference=…}, for whoever
 * shows the token. Answers are JSON; whoever shows none learns nothing of what is mirrored. Blocks,
 * so it runs on virtual threads.
 */
final class AdminApi {
  static final String INVALIDATE = "/api/v1/invalidate";

  private static final String REFERENCE = "reference";
  private static final int MAX_PARAMETERS = 8;

  private final Answers answers;
  private final AdminToken token;

  AdminApi(Answers answers) {
    this.answers = answers;
    this.token = new AdminToken(answers.tokenFile());
  }

  /** Does what the request asks for, where it may. */
  AdminReply invalidate(String uri, @Nullable String authorization) {
    return switch (token.check(authorization)) {
      case DISABLED ->
          error(
              HttpResponseStatus.FORBIDDEN,
              "disabled",
              "this node has no token: set admin.tokenFile to a file that holds one");
      case UNUSABLE ->
          error(
              HttpResponseStatus.FORBIDDEN,
              "token_unusable",
              "the file of admin.tokenFile cannot be used; the node's log says why");
      case REFUSED ->
          error(
                  HttpResponseStatus.UNAUTHORIZED,
                  "unauthorized",
                  "show the token of admin.tokenFile as Authorization: Bearer")
              .with(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer realm=\"tarn admin\"");
      case ACCEPTED ->
          answers.ready().getAsBoolean()
              ? invalidate(uri)
              : error(HttpResponseStatus.SERVICE_UNAVAILABLE, "not_ready", "not ready");
    };
  }

  private AdminReply invalidate(String uri) {
    Map<String, List<String>> parameters;
    try {
      parameters =
          new QueryStringDecoder(uri, StandardCharsets.UTF_8, true, MAX_PARAMETERS).parameters();
    } catch (IllegalArgumentException _) {
      return malformed("the query is not valid");
    }
    List<String> references = parameters.getOrDefault(REFERENCE, List.of());
    if (parameters.size() != 1 || references.size() != 1) {
      return malformed("one parameter is expected, " + REFERENCE);
    }
    return switch (answers.invalidate().apply(references.getFirst())) {
      case Invalidation.Done done -> json(HttpResponseStatus.OK, AdminJson.of(done));
      case Invalidation.Refused(Invalidation.Reason reason, String message) ->
          error(statusOf(reason), reason.name().toLowerCase(Locale.ROOT), message);
      case Invalidation.Failed(String message) ->
          error(HttpResponseStatus.INTERNAL_SERVER_ERROR, "failed", message);
    };
  }

  private static HttpResponseStatus statusOf(Invalidation.Reason reason) {
    return switch (reason) {
      case MALFORMED, DIGEST -> HttpResponseStatus.BAD_REQUEST;
      case NOT_MIRRORED -> HttpResponseStatus.UNPROCESSABLE_ENTITY;
    };
  }

  private static AdminReply malformed(String message) {
    return error(HttpResponseStatus.BAD_REQUEST, "malformed", message);
  }

  private static AdminReply error(HttpResponseStatus status, String error, String message) {
    return json(status, AdminJson.error(error, message));
  }
}
