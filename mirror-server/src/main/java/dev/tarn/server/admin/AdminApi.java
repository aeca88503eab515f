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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What an operator can ask a node, and have it do. Answers are JSON, as {@code docs/api.md}
 * describes them; whoever shows no token learns nothing of what is mirrored, and has nothing done.
 * Blocks, so it runs on virtual threads.
 */
final class AdminApi {
  static final String STATUS = "/api/v1/status";
  static final String CLUSTER = "/api/v1/cluster";
  static final String TRANSFERS = "/api/v1/transfers";
  static final String IMAGES = "/api/v1/images";
  static final String INVALIDATE = "/api/v1/invalidate";

  private static final String REFERENCE = "reference";
  private static final int MAX_PARAMETERS = 8;

  private final Answers answers;
  private final AdminToken token;

  AdminApi(Answers answers) {
    this.answers = answers;
    this.token = new AdminToken(answers.tokenFile());
  }

  /** How this node is: for everybody, except who shows a wrong token. */
  AdminReply status(@Nullable String authorization) {
    AdminReply refusal = authorization == null ? null : refusal(token.check(authorization));
    return refusal == null || answers.tokenFile().isEmpty() ? view(Overview::status) : refusal;
  }

  /** How this node and its members are: as {@link #status}. */
  AdminReply cluster(@Nullable String authorization) {
    AdminReply refusal = authorization == null ? null : refusal(token.check(authorization));
    return refusal == null || answers.tokenFile().isEmpty() ? view(AdminApi::clusterOf) : refusal;
  }

  private static String clusterOf(Overview overview) {
    try {
      return overview.cluster();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** What is on its way: for everybody, with names for who shows the token. */
  AdminReply transfers(@Nullable String authorization) {
    AdminToken.@Nullable Verdict verdict =
        authorization == null ? null : token.check(authorization);
    AdminReply refusal = verdict == null ? null : refusal(verdict);
    boolean names = verdict == AdminToken.Verdict.ACCEPTED;
    return refusal == null || answers.tokenFile().isEmpty()
        ? view(overview -> overview.transfers(names))
        : refusal;
  }

  /** What is here, by repository: for who shows the token. */
  AdminReply images(@Nullable String authorization) {
    AdminReply refusal = refusal(token.check(authorization));
    return refusal == null ? view(Overview::images) : refusal;
  }

  private AdminReply view(Function<Overview, String> which) {
    Overview overview = answers.overview().get();
    return overview == null ? notReady() : json(HttpResponseStatus.OK, which.apply(overview));
  }

  /** Does what the request asks for, where it may. */
  AdminReply invalidate(String uri, @Nullable String authorization) {
    AdminReply refusal = refusal(token.check(authorization));
    if (refusal != null) {
      return refusal;
    }
    return answers.ready().getAsBoolean() ? invalidate(uri) : notReady();
  }

  private static AdminReply notReady() {
    return error(HttpResponseStatus.SERVICE_UNAVAILABLE, "not_ready", "not ready");
  }

  /** What is said to who may not; null to who may. */
  private static @Nullable AdminReply refusal(AdminToken.Verdict verdict) {
    return switch (verdict) {
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
      case ACCEPTED -> null;
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
