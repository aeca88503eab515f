package dev.tarn.e2e.cluster;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.e2e.http.Head;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a client answers challenges with: its name and password, or a token that it gets by them.
 * Each server's challenge is met for that server alone. Safe for use by several threads.
 */
final class Access {
  private static final Pattern PARAMETER = Pattern.compile("(\\w+)=\"([^\"]*)\"");

  private final Optional<String> basic;
  private final Map<URI, String> known = new ConcurrentHashMap<>();

  /** With a name and a password, {@code name:password}, or none. */
  Access(Optional<String> credential) {
    this.basic =
        credential.map(
            text ->
                "Basic "
                    + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
  }

  Head authorized(URI server, Head request) {
    return request.with("Authorization", Optional.ofNullable(known.get(server)));
  }

  /** Meets a challenge; whether another attempt makes sense. */
  boolean answer(URI server, Head challenged, Head sent) throws IOException {
    String challenge = challenged.first("WWW-Authenticate").orElse("");
    Optional<String> before = sent.first("Authorization");
    Optional<String> now = Optional.empty();
    if (challenge.regionMatches(true, 0, "Basic", 0, 5)) {
      now = basic;
    } else if (challenge.regionMatches(true, 0, "Bearer", 0, 6)) {
      now = Optional.of("Bearer " + token(challenge));
    }
    now.ifPresent(value -> known.put(server, value));
    return now.isPresent() && !now.equals(before);
  }

  private String token(String challenge) throws IOException {
    String realm = "";
    StringBuilder query = new StringBuilder();
    Matcher parameters = PARAMETER.matcher(challenge);
    while (parameters.find()) {
      if (parameters.group(1).equals("realm")) {
        realm = parameters.group(2);
      } else if (List.of("service", "scope").contains(parameters.group(1))) {
        query.append(query.isEmpty() ? "?" : "&").append(parameters.group());
      }
    }
    URI uri = URI.create(realm);
    Head request =
        Puller.request("GET", uri.getPath() + query.toString().replace("\"", ""))
            .with("Authorization", basic);
    try (Reply reply = Reply.to(uri, request)) {
      if (reply.status() != 200) {
        throw new IOException("no token: " + reply.status());
      }
      return new ObjectMapper().readTree(reply.smallText()).required("token").asText();
    }
  }
}
