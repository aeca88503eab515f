package dev.tarn.server.upstream;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Says which addresses may be dialled for a site that a server named: those a redirect or a token
 * realm leads to. It is asked about the very address that is dialled, after DNS, so that a name
 * cannot change its mind in between.
 *
 * <p>Public addresses are open to all. A registry that is itself at a private address may name
 * private ones, one at loopback may name loopback and private ones, one at a link-local address may
 * name link-local ones. All else must be listed.
 */
record AddressGuard(AllowedTargets allowed) {

  /** Which addresses may be dialled for a request. */
  @FunctionalInterface
  interface Permission {
    /** For the registry itself: where it is, is configuration. */
    Permission ANY = address -> true;

    boolean permits(InetAddress address);
  }

  /**
   * @param registry where the registry that named the site was reached; null where a proxy knows
   */
  Permission forNamed(Site site, @Nullable InetAddress registry) {
    if (allowed.contain(site.host())) {
      return Permission.ANY;
    }
    AddressClass home = registry == null ? AddressClass.PUBLIC : AddressClass.of(registry);
    return address ->
        allowed.contain(address)
            || switch (AddressClass.of(address)) {
              case PUBLIC -> true;
              case PRIVATE -> home == AddressClass.PRIVATE || home == AddressClass.LOOPBACK;
              case LOOPBACK -> home == AddressClass.LOOPBACK;
              case LINK_LOCAL -> home == AddressClass.LINK_LOCAL;
              case RESERVED -> false;
            };
  }
}
