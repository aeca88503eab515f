package dev.tarn.server.mirror;

import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * What a client is sent for a token with: which challenge it answers. This node writes it into the
 * realm that it names in place of the real one, signed, so that nobody can have it ask anybody
 * else.
 *
 * <p>Nothing is remembered for it: it outlives a restart, and an outage.
 *
 * @param origin host and port of whose challenge it was
 * @param realm the realm that it named
 */
public record TokenTicket(Scope scope, String origin, String realm) {
  /** Where the realm that is named to clients lies on this node; the ticket follows. */
  public static final String PATH = "/tarn/token/";

  /** A longer realm is left to the client: with a scope, the line of its request has an end. */
  private static final int MAX_CHARACTERS = 1_500;

  private static final int PARTS = 4;

  /** The text of it, of characters that need no escaping in a path; empty where it is too long. */
  Optional<String> seal(Access access) {
    String text =
        String.join("\n", scope.registry().value(), scope.repository().toString(), origin, realm);
    String encoded =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(text.getBytes(StandardCharsets.UTF_8));
    return encoded.length() > MAX_CHARACTERS
        ? Optional.empty()
        : Optional.of(encoded + "." + access.sign(encoded));
  }

  /** The ticket that this node wrote so; empty where it did not. */
  static Optional<TokenTicket> open(String sealed, Access access) {
    int dot = sealed.indexOf('.');
    if (dot < 0 || !access.isSigned(sealed.substring(0, dot), sealed.substring(dot + 1))) {
      return Optional.empty();
    }
    byte[] text = Base64.getUrlDecoder().decode(sealed.substring(0, dot));
    List<String> parts = List.of(new String(text, StandardCharsets.UTF_8).split("\n", -1));
    return parts.size() != PARTS
        ? Optional.empty()
        : RegistryHost.parse(parts.get(0))
            .flatMap(
                registry ->
                    RepositoryName.parse(parts.get(1))
                        .map(repository -> new Scope(registry, repository)))
            .map(scope -> new TokenTicket(scope, parts.get(2), parts.get(3)));
  }
}
