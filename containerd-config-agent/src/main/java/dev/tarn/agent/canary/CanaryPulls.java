package dev.tarn.agent.canary;

import dev.tarn.agent.containerd.Findings;
import dev.tarn.agent.containerd.Prospect;
import dev.tarn.agent.cri.Cri;
import dev.tarn.agent.follow.Companion;
import dev.tarn.agent.follow.Scene;
import dev.tarn.agent.metrics.Page;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The canary of an agent that runs: a pull whenever entries stand and nobody has come for one yet,
 * but no more often than {@link Schedule} lets it. Each has a thread of its own, which ends with
 * it. What it says holds for the containerd that was asked: another configuration, version or start
 * of it is to be asked anew, and until then nothing is known. Thread-safe.
 */
public final class CanaryPulls implements Companion {
  private static final Logger LOG = LoggerFactory.getLogger("tarn.agent");
  private static final long STACK_BYTES = 512 * 1024;
  private static final String[] WORDS = {"effective", "ineffective", "unknown"};

  private final Settings settings;
  private final Function<String, Path> here;
  private final RandomGenerator random;
  private final LongSupplier millis;
  private final Schedule schedule;
  private final Told told;
  private final long[] pulls = new long[WORDS.length];

  private @Nullable Node node;
  private Optional<Prospect> outcome = Optional.empty();
  private @Nullable Thread pulling;
  private @Nullable CanaryEntry standing;
  private String logged = "";
  private boolean closed;

  /**
   * How it is done.
   *
   * @param mirror as containerd reaches it
   * @param socket containerd's, as the host names it; where it is not given it is found
   * @param interval between pulls where nothing changes
   * @param limit for what containerd does
   * @param answers how long to wait for the mirror's word
   */
  public record Settings(
      URI mirror, Optional<String> socket, Duration interval, Duration limit, Duration answers) {}

  /**
   * The containerd that is asked.
   *
   * @param start what tells one start of it from another: each makes its socket anew
   */
  private record Node(Findings findings, String start) {}

  /**
   * With what it needs of the host.
   *
   * @param here where a path of the host lies here
   * @param millis a clock that never goes back
   */
  public CanaryPulls(
      Settings settings, Function<String, Path> here, RandomGenerator random, LongSupplier millis) {
    this.settings = settings;
    this.here = here;
    this.random = random;
    this.millis = millis;
    this.schedule = new Schedule(settings.interval().toMillis());
    this.told = new Told(settings.answers());
  }

  @Override
  public void turned(Scene scene) {
    Path socket = here.apply(settings.socket().orElse(scene.findings().socket()));
    Node now = new Node(scene.findings(), start(socket));
    synchronized (this) {
      if (!now.equals(node)) {
        node = now;
        outcome = Optional.empty();
        schedule.changed(millis.getAsLong());
      }
      if (scene.root().isEmpty()
          || closed
          || pulling != null
          || !schedule.isDue(millis.getAsLong())) {
        return;
      }
      CanaryEntry entry =
          new Guarded(new CanaryFile(here.apply(scene.root().get()), settings.mirror()));
      Canary canary = new Canary(entry, new Cri(socket), told, random, settings.limit());
      Thread thread = new Thread(null, () -> pull(canary, now), "canary", STACK_BYTES);
      thread.setDaemon(true);
      pulling = thread;
      thread.start();
    }
  }

  private static String start(Path socket) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(socket, BasicFileAttributes.class);
      return attributes.fileKey() + " " + attributes.lastModifiedTime();
    } catch (IOException e) {
      return "";
    }
  }

  @Override
  public List<String> lines() {
    return told.lines();
  }

  @Override
  public void told(List<String> canaries) {
    told.told(canaries);
  }

  @Override
  public synchronized Optional<Prospect> proof() {
    return outcome;
  }

  private void pull(Canary canary, Node asked) {
    Prospect came;
    try {
      came = canary.prove();
    } catch (RuntimeException e) {
      came = new Prospect.Unknown("the pull failed: " + e, "look at the log");
    }
    synchronized (this) {
      pulling = null;
      if (closed) {
        return;
      }
      schedule.came(came, millis.getAsLong());
      pulls[index(came)]++;
      if (asked.equals(node)) {
        // Where nothing came of it, what was known of this very containerd still holds.
        boolean known = outcome.isPresent() && !(outcome.get() instanceof Prospect.Unknown);
        outcome = known && came instanceof Prospect.Unknown ? outcome : Optional.of(came);
      }
      log(came);
    }
  }

  private void log(Prospect came) {
    String text = came.toString();
    if (text.equals(logged)) {
      return;
    }
    logged = text;
    switch (came) {
      case Prospect.Effective() ->
          LOG.atInfo().setMessage("canary").addKeyValue("result", WORDS[index(came)]).log();
      case Prospect.Ineffective(String why, String fix) ->
          LOG.atWarn()
              .setMessage("canary")
              .addKeyValue("result", WORDS[index(came)])
              .addKeyValue("reason", why)
              .addKeyValue("fix", fix)
              .log();
      case Prospect.Unknown(String why, String tell) ->
          LOG.atWarn()
              .setMessage("canary")
              .addKeyValue("result", WORDS[index(came)])
              .addKeyValue("reason", why)
              .addKeyValue("tell", tell)
              .log();
    }
  }

  private static int index(Prospect prospect) {
    return switch (prospect) {
      case Prospect.Effective _ -> 0;
      case Prospect.Ineffective _ -> 1;
      case Prospect.Unknown _ -> 2;
    };
  }

  @Override
  public synchronized void write(Page page) {
    page.metric("canary_pulls_total", Page.Type.COUNTER, "Pulls of the canary, by what they said.");
    for (int i = 0; i < WORDS.length; i++) {
      page.sample(pulls[i], "result", WORDS[i]);
    }
  }

  /** What stands of a pull that is under way is taken back before this returns. */
  @Override
  public synchronized void close() {
    closed = true;
    if (standing != null) {
      standing.withdraw();
      standing = null;
    }
    if (pulling != null) {
      pulling.interrupt();
    }
  }

  /**
   * An entry that is not put there any more once this was closed, and that {@link #close} knows.
   */
  private final class Guarded implements CanaryEntry {
    private final CanaryEntry entry;

    Guarded(CanaryEntry entry) {
      this.entry = entry;
    }

    @Override
    public Optional<String> put() {
      synchronized (CanaryPulls.this) {
        if (closed) {
          return Optional.of("the agent ends");
        }
        standing = entry;
        return entry.put();
      }
    }

    @Override
    public boolean stands() {
      return entry.stands();
    }

    @Override
    public void withdraw() {
      synchronized (CanaryPulls.this) {
        entry.withdraw();
        standing = null;
      }
    }
  }
}
