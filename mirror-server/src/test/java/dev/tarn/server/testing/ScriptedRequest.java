package dev.tarn.server.testing;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A request as it arrived.
 *
 * @param target path and query as on the request line
 * @param headers by lower-case name
 * @param body what followed by a {@code Content-Length}, or an empty string
 * @param connection the number of the connection that brought it, from 1
 */
public record ScriptedRequest(
    String method, String target, Map<String, List<String>> headers, String body, int connection) {

  /** The target without its query. */
  public String path() {
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }

  /** What follows the question mark, or an empty string. */
  public String query() {
    int query = target.indexOf('?');
    return query < 0 ? "" : target.substring(query + 1);
  }

  /** The first value of a header. */
  public Optional<String> header(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()).stream().findFirst();
  }
}
