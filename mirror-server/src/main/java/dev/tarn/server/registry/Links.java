package dev.tarn.server.registry;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Turns the {@code Link} of a paged listing, which names upstream's paths, into one that leads this
 * client back through the mirror: its own path and namespace, and upstream's parameters.
 *
 * @param base the path of the listing, as the client addresses it
 * @param namespace the client's {@code ns}, or null
 */
record Links(String base, @Nullable String namespace) {
  private static final Pattern TARGET = Pattern.compile("<([^<>]*)>");

  /** The links for the client; null where upstream's value holds none. */
  @Nullable String rewrite(String value) {
    Matcher targets = TARGET.matcher(value);
    return targets.find()
        ? targets.replaceAll(target -> Matcher.quoteReplacement("<" + own(target.group(1)) + ">"))
        : null;
  }

  private String own(String target) {
    int question = target.indexOf('?');
    Stream<String> parameters =
        question < 0 ? Stream.of() : Stream.of(target.substring(question + 1).split("&", -1));
    Stream<String> own = namespace == null ? Stream.of() : Stream.of(Query.NAMESPACE + namespace);
    String query =
        Stream.concat(parameters.filter(parameter -> !parameter.startsWith(Query.NAMESPACE)), own)
            .collect(Collectors.joining("&"));
    return query.isEmpty() ? base : base + "?" + query;
  }
}
