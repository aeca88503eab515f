package dev.tarn.server.certificates;

import dev.tarn.server.certificates.AuthoritySecret.UnusableException;
import java.io.IOException;
import java.io.PrintStream;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One run: reads the Secret, does what is next, says so. Where somebody else writes at the same
 * time, it reads again; where the API server cannot be asked or refuses, it tries again for a
 * while, since in an installation roles and services come one after the other. Blocks.
 */
final class Upkeep {
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

  private final String name;
  private final AuthorityStore store;
  private final Succession succession;
  private final InstantSource clock;
  private final Pause pause;
  private final PrintStream out;
  private final PrintStream err;

  /** Waits. */
  @FunctionalInterface
  interface Pause {
    void of(Duration time) throws InterruptedException;
  }

  /**
   * @param name of the Secret, for what is said
   */
  Upkeep(
      String name,
      AuthorityStore store,
      Succession succession,
      InstantSource clock,
      Pause pause,
      PrintStream out,
      PrintStream err) {
    this.name = name;
    this.store = store;
    this.succession = succession;
    this.clock = clock;
    this.pause = pause;
    this.out = out;
    this.err = err;
  }

  /**
   * Does it.
   *
   * @param patience for how long it is tried again
   */
  PeerAuthority.Result run(Duration patience)
      throws InterruptedException, GeneralSecurityException {
    Instant deadline = clock.instant().plus(patience);
    Duration wait = FIRST_PAUSE;
    while (true) {
      String trouble;
      try {
        if (once()) {
          return PeerAuthority.Result.DONE;
        }
        trouble = "somebody else writes it, too";
      } catch (UnusableException e) {
        err.println(
            "tarn: the Secret "
                + name
                + " is left as it is: "
                + e.getMessage()
                + ". Remove it to have a new one made");
        return PeerAuthority.Result.NOT_OURS;
      } catch (IOException e) {
        trouble = String.valueOf(e.getMessage());
      }
      if (clock.instant().plus(wait).isAfter(deadline)) {
        err.println("tarn: " + name + ": " + trouble + "; given up after " + patience);
        return PeerAuthority.Result.FAILED;
      }
      err.println("tarn: " + name + ": " + trouble + "; tried again in " + wait.toSeconds() + " s");
      pause.of(wait);
      wait =
          wait.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? wait.multipliedBy(2) : LONGEST_PAUSE;
    }
  }

  /** Answers false where somebody else was faster. */
  private boolean once() throws IOException, UnusableException, GeneralSecurityException {
    Optional<AuthorityStore.Stored> stored = store.read();
    Instant now = clock.instant();
    if (stored.isEmpty()) {
      Succession.Step first = succession.begin(now);
      return store.create(AuthoritySecret.write(first.now())) && said(first.changes(), first);
    }
    Succession.Step step = succession.step(AuthoritySecret.read(stored.get()), now);
    List<String> changes = new ArrayList<>(step.changes());
    if (!store.isOwned()) {
      changes.add("gave it to the Service of the release, which is another one now");
    }
    if (changes.isEmpty()) {
      out.println(name + ": nothing to do; " + step.outlook());
      return true;
    }
    return store.update(AuthoritySecret.write(step.now())) && said(changes, step);
  }

  private boolean said(List<String> changes, Succession.Step step) {
    changes.forEach(change -> out.println(name + ": " + change));
    out.println(name + ": " + step.outlook());
    return true;
  }
}
