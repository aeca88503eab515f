package dev.tarn.server.upstream;

import java.util.Map;
import java.util.Set;

/**
 * Which token realms may be shown a credential that is configured for an origin. The realm's name
 * comes from the origin's own answer, or from whoever could forge it, so it counts only where it
 * belongs to whom the credential belongs to:
 *
 * <ul>
 *   <li>never by http where the origin is https;
 *   <li>the origin's own host, at any port;
 *   <li>a host of the same registrable domain, as far as {@link RegistrableDomain} tells;
 *   <li>a known realm of a known origin;
 *   <li>a host that the operator listed.
 * </ul>
 *
 * @param listed hosts, in lower case
 */
record TokenRealms(Set<String> listed) {
  private static final Map<String, Set<String>> KNOWN =
      Map.of(
          "docker.io", Set.of("auth.docker.io"),
          "index.docker.io", Set.of("auth.docker.io"),
          "registry-1.docker.io", Set.of("auth.docker.io"));

  boolean allow(Site origin, Site realm) {
    if (origin.tls() && !realm.tls()) {
      return false;
    }
    return realm.host().equals(origin.host())
        || listed.contains(realm.host())
        || KNOWN.getOrDefault(origin.host(), Set.of()).contains(realm.host())
        || RegistrableDomain.same(origin.host(), realm.host());
  }
}
