package dev.tarn.server.upstream;

/**
 * What Tarn itself shows a registry, as an operator configured it. Compared by value, held in
 * memory only, and without a way to be printed.
 */
public sealed interface Credential {

  /** A user and a password: shown to a token realm, or to a registry that asks for Basic. */
  record Password(String user, String password) implements Credential {
    @Override
    public String toString() {
      return "a password";
    }
  }

  /** An OAuth 2 refresh token, which a token realm exchanges for tokens; the registry gets none. */
  record IdentityToken(String token) implements Credential {
    @Override
    public String toString() {
      return "an identity token";
    }
  }

  /** A token that the registry itself takes. */
  record RegistryToken(String token) implements Credential {
    @Override
    public String toString() {
      return "a registry token";
    }
  }
}
