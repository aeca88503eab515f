package dev.tarn.server.certificates;

import dev.tarn.server.membership.kubernetes.InCluster;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Looks after the Secret with an installation's authority, once. Blocks; in a pod. */
public final class PeerAuthority {
  /** So that what has to be done before the end of an authority's life finds the time. */
  private static final int OVERLAPS_IN_LIFE = 6;

  private PeerAuthority() {}

  /**
   * What it is to be.
   *
   * @param namespace that of the service account where empty
   * @param ownerService the Service that the Secret belongs to; nobody where empty
   * @param life how long an authority lasts
   * @param overlap for how long a new one is trusted before it signs
   * @param patience for how long the API server is asked
   */
  public record Settings(
      Optional<String> namespace,
      String secret,
      Optional<String> ownerService,
      Duration life,
      Duration overlap,
      Duration patience) {
    /** What is wrong with them, if anything is. */
    public Optional<String> problem() {
      if (life.compareTo(Duration.ofMinutes(1)) < 0) {
        return Optional.of("--life: at least 1m");
      }
      if (overlap.isNegative() || overlap.multipliedBy(OVERLAPS_IN_LIFE).compareTo(life) > 0) {
        return Optional.of("--min-overlap: at most a sixth of --life");
      }
      return Optional.empty();
    }
  }

  /** What the process is to end with. */
  public enum Result {
    DONE,
    /** The API server did not do what it was asked for. */
    FAILED,
    /** There is a Secret that is not to be touched. */
    NOT_OURS
  }

  /**
   * Does it.
   *
   * @param serviceAccount the directory with the service account's files
   */
  public static Result run(
      Settings settings,
      Map<String, String> environment,
      Path serviceAccount,
      PrintStream out,
      PrintStream err)
      throws InterruptedException, GeneralSecurityException, IOException {
    InCluster api = InCluster.ofThisPod(environment, serviceAccount, Optional.empty());
    return run(settings, api, InstantSource.system(), Thread::sleep, out, err);
  }

  static Result run(
      Settings settings,
      InCluster api,
      InstantSource clock,
      Upkeep.Pause pause,
      PrintStream out,
      PrintStream err)
      throws InterruptedException, GeneralSecurityException, IOException {
    String namespace = settings.namespace().orElse(api.namespace());
    if (namespace.isEmpty()) {
      throw new IOException("the namespace is neither given nor told by the pod");
    }
    SecureRandom random = new SecureRandom();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
        KubernetesSecret store =
            new KubernetesSecret(
                api, namespace, settings.secret(), settings.ownerService(), executor)) {
      Upkeep upkeep =
          new Upkeep(
              namespace + "/" + settings.secret(),
              store,
              new Succession(settings.life(), settings.overlap(), random),
              clock,
              pause,
              out,
              err);
      return upkeep.run(settings.patience());
    }
  }
}
