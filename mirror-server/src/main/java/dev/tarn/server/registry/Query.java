package dev.tarn.server.registry;

import org.jspecify.annotations.Nullable;

/**
 * A request's query: the namespace that containerd names, and the rest as it came.
 *
 * @param namespace the value of {@code ns}, decoded; null where there is none
 * @param rest all other parameters, undecoded, in their order
 */
record Query(@Nullable String namespace, String rest) {
  private static final String KEY = "ns";

  /** How the parameter begins that names the registry. */
  static final String NAMESPACE = KEY + "=";

  private static final Query NONE = new Query(null, "");

  /**
   * The parsed query; null where {@code ns} is there twice, however it is spelt, or anything is not
   * well-formed.
   */
  static @Nullable Query parse(String query) {
    if (query.isEmpty()) {
      return NONE;
    }
    if (!Percent.isPrintable(query) || query.indexOf('#') >= 0) {
      return null;
    }
    if (query.startsWith(NAMESPACE) && query.indexOf('&') < 0) {
      return onlyNamespace(query);
    }
    String namespace = null;
    StringBuilder rest = new StringBuilder();
    for (String parameter : query.split("&", -1)) {
      int equals = parameter.indexOf('=');
      String key = equals < 0 ? parameter : parameter.substring(0, equals);
      if (!KEY.equals(Percent.decode(key))) {
        rest.append(rest.isEmpty() ? "" : "&").append(parameter);
        continue;
      }
      String value = equals < 0 ? "" : Percent.decode(parameter.substring(equals + 1));
      if (namespace != null || value == null) {
        return null;
      }
      namespace = value;
    }
    return new Query(namespace, rest.toString());
  }

  /** What containerd sends. */
  private static @Nullable Query onlyNamespace(String query) {
    String namespace = Percent.decode(query.substring(NAMESPACE.length()));
    return namespace == null ? null : new Query(namespace, "");
  }
}
