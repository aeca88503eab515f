package dev.tarn.e2e.access;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.e2e.cluster.Reply;
import dev.tarn.e2e.http.Head;
import dev.tarn.e2e.http.RawClient;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one of containerd's authorizers does: it asks without a credential, and where it is
 * challenged it shows a name and a password, or a token that it gets by them, from then on. Or
 * somebody who always shows the same. Safe for use by several threads.
 */
final class Session {
  private static final Pattern PARAMETER = Pattern.compile("(\\w+)=\"([^\"]*)\"");
  private static final int MAX_CHALLENGES = 2;
  private static final int STEP_BYTES = 64 * 1024;

  private final Optional<User> user;
  private final boolean meetsChallenges;
  private final Set<String> everShown = ConcurrentHashMap.newKeySet();
  private volatile Optional<String> shown;

  private Session(Optional<User> user, boolean meetsChallenges, Optional<String> shown) {
    this.user = user;
    this.meetsChallenges = meetsChallenges;
    this.shown = shown;
  }

  static Session of(User user) {
    return new Session(Optional.of(user), true, Optional.empty());
  }

  /** Somebody who has nothing to show, and does not even get an anonymous token. */
  static Session ofNobody() {
    return new Session(Optional.empty(), false, Optional.empty());
  }

  /** Somebody who shows this {@code Authorization}, whatever is answered. */
  static Session showing(String authorization) {
    return new Session(Optional.empty(), false, Optional.of(authorization));
  }

  /** The {@code Authorization} that it shows by now. */
  Optional<String> shown() {
    return shown;
  }

  /** Every {@code Authorization} that it has shown so far. */
  Set<String> everShown() {
    return Set.copyOf(everShown);
  }

  /**
   * An answer and what came of its body.
   *
   * @param whole whether that is all of it
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Got(Head head, byte[] body, boolean whole) {
    int status() {
      return head.status();
    }

    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
      return head.startLine() + ", " + body.length + " bytes" + (whole ? "" : " and no more");
    }
  }

  Got get(URI server, String target) throws IOException {
    return ask(server, RawClient.request("GET", target, Optional.empty()));
  }

  Got head(URI server, String target) throws IOException {
    return ask(server, RawClient.request("HEAD", target, Optional.empty()));
  }

  Got range(URI server, String target, String range) throws IOException {
    return ask(server, RawClient.request("GET", target, Optional.of(range)));
  }

  /** Asks and meets challenges. */
  Got ask(URI server, Head request) throws IOException {
    for (int challenges = 0; ; challenges++) {
      Optional<String> sent = shown;
      sent.ifPresent(everShown::add);
      Got got = once(server, request.with("Authorization", sent));
      if (got.status() != 401 || !meetsChallenges || challenges == MAX_CHALLENGES) {
        return got;
      }
      Optional<String> next = answerTo(got.head().first("WWW-Authenticate").orElse(""));
      if (next.isEmpty() || next.equals(sent)) {
        return got;
      }
      shown = next;
    }
  }

  private static Got once(URI server, Head request) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try (Reply reply = Reply.to(server, request)) {
      byte[] step = new byte[STEP_BYTES];
      boolean whole = true;
      try {
        for (int read = reply.read(step); read >= 0; read = reply.read(step)) {
          body.write(step, 0, read);
        }
      } catch (EOFException cut) {
        whole = false;
      }
      return new Got(reply.head(), body.toByteArray(), whole);
    }
  }

  private Optional<String> answerTo(String challenge) throws IOException {
    if (challenge.regionMatches(true, 0, "Basic", 0, 5)) {
      return user.map(User::basic);
    }
    return challenge.regionMatches(true, 0, "Bearer", 0, 6)
        ? Optional.of("Bearer " + token(challenge))
        : Optional.empty();
  }

  private String token(String challenge) throws IOException {
    String realm = "";
    StringBuilder query = new StringBuilder();
    Matcher parameters = PARAMETER.matcher(challenge);
    while (parameters.find()) {
      String name = parameters.group(1);
      if (name.equals("realm")) {
        realm = parameters.group(2);
      } else if (name.equals("service") || name.equals("scope")) {
        query.append(query.isEmpty() ? "?" : "&").append(name).append('=');
        query.append(URLEncoder.encode(parameters.group(2), StandardCharsets.UTF_8));
      }
    }
    URI uri = URI.create(realm);
    Head request =
        RawClient.request("GET", uri.getPath() + query, Optional.empty())
            .with("Authorization", user.map(User::basic));
    Got got = once(uri, request);
    if (got.status() != 200) {
      throw new NoTokenException(got.status());
    }
    return new ObjectMapper().readTree(got.body()).required("token").asText();
  }

  /** The realm gave none. */
  static final class NoTokenException extends IOException {
    private static final long serialVersionUID = 1;

    NoTokenException(int status) {
      super("the realm answered " + status);
    }
  }

  /**
   * Reads a blob, and goes on where it was cut, as containerd does: at the same server, or at the
   * registry where that server fails.
   */
  Got blob(URI server, URI registry, String target, int resumes) throws IOException {
    Got first = get(server, target);
    Got all = first.status() >= 500 ? get(registry, target) : first;
    for (int left = resumes; left > 0 && all.status() == 200 && !all.whole(); left--) {
      String range = "bytes=" + all.body().length + "-";
      Got rest = range(server, target, range);
      if (rest.status() >= 500) {
        rest = range(registry, target, range);
      }
      if (rest.status() != 206) {
        return new Got(rest.head(), all.body(), false);
      }
      byte[] body = Arrays.copyOf(all.body(), all.body().length + rest.body().length);
      System.arraycopy(rest.body(), 0, body, all.body().length, rest.body().length);
      all = new Got(all.head(), body, rest.whole());
    }
    return all;
  }
}
