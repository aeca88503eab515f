package dev.tarn.server.upstream;

import java.util.Set;

/**
 * What Tarn itself may do at one registry.
 *
 * @param credentials the configured ones, used for {@link Caller#node()} alone
 * @param tokenRealms hosts that may be shown a credential beside those that {@link TokenRealms}
 *     finds to belong to the origin; in lower case
 * @param shared whether a caller without a credential is served with Tarn's own, because the
 *     operator said that whoever reaches this node may read what Tarn may
 */
public record OwnAccess(CredentialSource credentials, Set<String> tokenRealms, boolean shared) {
  /** No credential is configured. */
  public static final OwnAccess NONE = new OwnAccess(CredentialSource.NONE, Set.of(), false);

  public OwnAccess {
    tokenRealms = Set.copyOf(tokenRealms);
  }
}
