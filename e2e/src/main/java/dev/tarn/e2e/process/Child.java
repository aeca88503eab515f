package dev.tarn.e2e.process;

import dev.tarn.e2e.check.CaseFailed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A process that was started here, with its output in a file of its own; closing it kills it. */
public final class Child implements AutoCloseable {
  private static final Duration DEATH_LIMIT = Duration.ofSeconds(20);
  private static final int TAIL_CHARACTERS = 2_000;

  private final String name;
  private final Process process;
  private final Path log;

  private Child(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  /** Starts a process whose output is appended to {@code <name>.log} in the directory. */
  public static Child start(
      String name, Path directory, Map<String, String> environment, List<String> command) {
    Path log = directory.resolve(name + ".log");
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    // Everything here is on this machine: a proxy from the environment has no say.
    builder.environment().keySet().removeIf(key -> key.toLowerCase(Locale.ROOT).endsWith("_proxy"));
    // What is for the harness is no key of Tarn's configuration, which refuses those it does not
    // know.
    builder
        .environment()
        .keySet()
        .removeIf(key -> key.startsWith("TARN_E2E_") || key.equals("TARN_IMAGE"));
    builder.environment().putAll(environment);
    try {
      return new Child(name, builder.start(), log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a command to its end; what it prints goes to a log of its own. */
  public static Finished run(
      String name,
      Path directory,
      Map<String, String> environment,
      List<String> command,
      Duration limit) {
    String unused = name;
    for (int i = 2; Files.exists(directory.resolve(unused + ".log")); i++) {
      unused = name + "-" + i;
    }
    try (Child child = start(unused, directory, environment, command)) {
      if (!child.process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        return new Finished(
            name, -1, "not over within " + limit.toSeconds() + " s; " + child.tail());
      }
      return new Finished(name, child.process.exitValue(), child.output());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + name + " ran", e);
    }
  }

  /** A command that is over: its exit status and all that it printed. */
  public record Finished(String name, int status, String output) {
    public Finished orFail() {
      if (status != 0) {
        throw new CaseFailed(name + " ended with " + status + ": " + output.strip());
      }
      return this;
    }
  }

  public long pid() {
    return process.pid();
  }

  public boolean alive() {
    return process.isAlive();
  }

  /** Its process and those that it started, the outermost first. */
  public List<ProcessHandle> all() {
    ProcessHandle self = process.toHandle();
    return Stream.concat(Stream.of(self), self.descendants()).toList();
  }

  /** Waits for its end, however long it takes, and gives its exit status. */
  public int awaitEnd() throws InterruptedException {
    return process.waitFor();
  }

  /** Everything it printed so far. */
  public String output() {
    try {
      return Files.readString(log, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The end of what it printed. */
  public String tail() {
    String all = output();
    return name + " printed last: " + all.substring(Math.max(0, all.length() - TAIL_CHARACTERS));
  }

  /** SIGKILL, to it and what it started, and waits until it is gone. */
  public void kill() {
    List<ProcessHandle> handles = all();
    handles.forEach(ProcessHandle::destroyForcibly);
    awaitDeath(DEATH_LIMIT);
  }

  /** SIGTERM, and waits until it is gone. */
  public void terminate(Duration limit) {
    process.destroy();
    awaitDeath(limit);
  }

  private void awaitDeath(Duration limit) {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new CaseFailed(name + " did not end within " + limit.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + name + " was to end", e);
    }
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      kill();
    }
  }
}
