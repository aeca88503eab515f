package dev.tarn.server.mirror;

import dev.tarn.core.access.Challenges;
import dev.tarn.core.access.Credential;
import dev.tarn.core.access.CredentialKeys;
import dev.tarn.core.access.Decisions;
import dev.tarn.core.access.StandIns;
import dev.tarn.core.access.Standing;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.server.upstream.AccessListener;
import dev.tarn.server.upstream.Caller;
import dev.tarn.server.upstream.TokenRequest;
import dev.tarn.server.upstream.UpstreamAnswer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What registries said last of those who ask them, told by their origins. Thread-safe; {@link
 * #allows} may run on an event loop.
 */
public final class Access {
  private final CredentialKeys keys;
  private final Decisions decisions;
  private final Challenges challenges;
  private final StandIns standIns;
  private final MirrorListener listener;

  public Access(
      CredentialKeys keys,
      Decisions decisions,
      Challenges challenges,
      StandIns standIns,
      MirrorListener listener) {
    this.keys = keys;
    this.decisions = decisions;
    this.challenges = challenges;
    this.standIns = standIns;
    this.listener = listener;
  }

  /** Hears what the origins of a registry say. */
  public AccessListener of(RegistryHost registry) {
    return new AccessListener() {
      @Override
      public void letIn(String origin, RepositoryName repository, Caller caller) {
        keep(
            registry,
            repository,
            () -> {
              decisions.accepted(registry, repository, meant(scope(repository), origin, caller));
              if (!caller.isAnonymous()) {
                challenges.keep(registry, repository);
              }
            });
      }

      @Override
      public void refused(
          String origin, RepositoryName repository, Caller caller, UpstreamAnswer.Refused how) {
        keep(
            registry,
            repository,
            () -> {
              refuse(scope(repository), origin, caller, how);
              if (caller.isAnonymous() && !how.challenges().isEmpty()) {
                challenges.hear(registry, repository, how.challenges());
              }
            });
      }

      private Scope scope(RepositoryName repository) {
        return new Scope(registry, repository);
      }
    };
  }

  private void refuse(Scope scope, String origin, Caller caller, UpstreamAnswer.Refused how)
      throws IOException {
    Credential shown = shown(origin, caller);
    Credential secret = standIns.find(scope.registry(), scope.repository(), shown);
    boolean ofToken = secret != null && how.blamesToken();
    if (ofToken) {
      standIns.forget(shown);
    }
    decisions.refused(
        scope.registry(), scope.repository(), secret == null || ofToken ? shown : secret);
  }

  private interface Note {
    void take() throws IOException;
  }

  private void keep(RegistryHost registry, RepositoryName repository, Note note) {
    try {
      note.take();
    } catch (IOException e) {
      // Known until the next start.
      Scope scope = new Scope(registry, repository);
      listener.trouble("decision_not_kept", scope, repository, String.valueOf(e));
    }
  }

  /** How the registry last asked for a credential in the repository; empty where it never did. */
  List<String> challenges(Scope scope) {
    return challenges.find(scope.registry(), scope.repository());
  }

  /** Whether anybody may read in the repository, by what was said last. */
  boolean allowsAnybody(Scope scope, Standing standing) {
    return allows(scope, Credential.NONE, standing);
  }

  /**
   * Whether this caller may, who has a credential.
   *
   * @param origin where it would be sent
   */
  boolean allows(Scope scope, String origin, Caller caller, Standing standing) {
    return !caller.isAnonymous() && allows(scope, meant(scope, origin, caller), standing);
  }

  private boolean allows(Scope scope, Credential credential, Standing standing) {
    return decisions.allow(scope.registry(), scope.repository(), credential, standing);
  }

  /**
   * Whether the caller came with a token that stands for nobody who is known here, so that it may
   * be of use to get another.
   */
  boolean hasDeadToken(Scope scope, String origin, Caller caller) {
    return !caller.isAnonymous() && meant(scope, origin, caller).kind() == Credential.Kind.TOKEN;
  }

  /** Whom the decisions are about: the pull secret, where a token stands for one. */
  private Credential meant(Scope scope, String origin, Caller caller) {
    Credential shown = shown(origin, caller);
    if (shown.kind() != Credential.Kind.TOKEN) {
      return shown;
    }
    Credential secret = standIns.find(scope.registry(), scope.repository(), shown);
    return secret == null ? shown : secret;
  }

  private Credential shown(String origin, Caller caller) {
    String authorization = caller.authorization().orElse(null);
    if (authorization != null) {
      return keys.of(origin, authorization);
    }
    String own = caller.ownToken().orElse(null);
    return own == null ? Credential.NONE : keys.ofOwnToken(own);
  }

  /** A pull secret, as it would be shown to the origin. */
  Credential secret(String origin, TokenRequest.Secret secret) {
    return keys.ofSecret(origin, secret.name(), secret.password());
  }

  /** A realm gave the token for the secret. */
  void issued(Scope scope, String origin, String token, Credential secret, Duration lifetime) {
    standIns.issued(
        scope.registry(), scope.repository(), keys.of(origin, "Bearer " + token), secret, lifetime);
  }

  /** A token of this node's own for a secret that may still read in the repository. */
  Optional<String> ownToken(Scope scope, Credential secret) {
    return allows(scope, secret, Standing.AWAY)
        ? Optional.of(
            standIns.issue(Caller.OWN_TOKEN_PREFIX, scope.registry(), scope.repository(), secret))
        : Optional.empty();
  }

  /** A realm said that the secret is not good: in no repository is it any more. */
  void revoked(Scope scope, Credential secret) {
    keep(
        scope.registry(),
        scope.repository(),
        () -> {
          decisions.refused(scope.registry(), scope.repository(), secret);
          decisions.revoked(secret);
        });
  }

  /** What proves that this node wrote the text. */
  String sign(String text) {
    return keys.sign(text);
  }

  boolean isSigned(String text, String signature) {
    return keys.isSigned(text, signature);
  }
}
