package dev.tarn.server.mirror;

import dev.tarn.core.access.Challenges;
import dev.tarn.core.access.Credential;
import dev.tarn.core.access.CredentialKeys;
import dev.tarn.core.access.Decisions;
import dev.tarn.core.access.Standing;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.server.upstream.AccessListener;
import dev.tarn.server.upstream.Caller;
import dev.tarn.server.upstream.UpstreamAnswer;
import java.io.IOException;
import java.util.List;

/**
 * What registries said last of those who ask them, told by their origins. Thread-safe; {@link
 * #allows} may run on an event loop.
 */
public final class Access {
  private final CredentialKeys keys;
  private final Decisions decisions;
  private final Challenges challenges;
  private final MirrorListener listener;

  public Access(
      CredentialKeys keys, Decisions decisions, Challenges challenges, MirrorListener listener) {
    this.keys = keys;
    this.decisions = decisions;
    this.challenges = challenges;
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
            () -> decisions.accepted(registry, repository, credential(origin, caller)));
      }

      @Override
      public void refused(
          String origin, RepositoryName repository, Caller caller, UpstreamAnswer.Refused how) {
        keep(
            registry,
            repository,
            () -> {
              decisions.refused(registry, repository, credential(origin, caller));
              if (caller.isAnonymous() && !how.challenges().isEmpty()) {
                challenges.keep(registry, repository, how.challenges());
              }
            });
      }
    };
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
    return !caller.isAnonymous() && allows(scope, credential(origin, caller), standing);
  }

  private boolean allows(Scope scope, Credential credential, Standing standing) {
    return decisions.allow(scope.registry(), scope.repository(), credential, standing);
  }

  private Credential credential(String origin, Caller caller) {
    return caller
        .authorization()
        .map(authorization -> keys.of(origin, authorization))
        .orElse(Credential.NONE);
  }
}
