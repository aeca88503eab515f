package dev.tarn.server.registry;

import org.jspecify.annotations.Nullable;

/**
 * Turns the {@code Link} of a paged listing, which names upstream's paths, into one that leads this
 * client back through the mirror: its own path and namespace, and upstream's parameters.
 *
 * @param base the path as the client addressed it
 * @param namespace the client's {@code ns}, or null
 */
record Links(String base, @Nullable String namespace) {

  Links of(String path) {
    return new Links(base + path, namespace);
  }

  /** The link for the client; null where upstream's is none that can be followed. */
  @Nullable String rewrite(String link) {
    int open = link.indexOf('<');
    int close = link.indexOf('>', open + 1);
    if (open < 0 || close < 0) {
      return null;
    }
    String target = link.substring(open + 1, close);
    int question = target.indexOf('?');
    String query = question < 0 ? "" : target.substring(question + 1);
    if (namespace != null) {
      query = query.isEmpty() ? "ns=" + namespace : query + "&ns=" + namespace;
    }
    String own = query.isEmpty() ? base : base + "?" + query;
    return link.substring(0, open + 1) + own + link.substring(close);
  }
}
