package dev.tarn.server.credentials;

import dev.tarn.server.config.CredentialProvider;
import dev.tarn.server.files.UnusableException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs a plugin once: the request to its standard input, the answer from its standard output.
 * Bounded in time and output; what runs of it when either is used up is killed. What it writes to
 * its standard error goes nowhere, because nobody knows what is in it. Blocks the thread that runs
 * it.
 */
record PluginProcess(Path binDir, Duration limit) {
  private static final int MAX_OUTPUT_BYTES = 256 * 1024;

  byte[] run(CredentialProvider provider, ImageName image) throws UnusableException {
    List<String> command = new ArrayList<>();
    command.add(binDir.resolve(provider.name()).toString());
    command.addAll(provider.args());
    long end = System.nanoTime() + limit.toNanos();
    Process process;
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
      builder.environment().putAll(provider.environment());
      process = builder.start();
    } catch (IOException | IllegalArgumentException _) {
      // The message would repeat arguments.
      throw new UnusableException("cannot be started");
    }
    try {
      ask(process, request(provider, image));
      byte[] answer = answer(process, end);
      if (!process.waitFor(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS)) {
        throw tooSlow();
      }
      if (process.exitValue() != 0) {
        throw new UnusableException("exited with status " + process.exitValue());
      }
      return answer;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new UnusableException("was interrupted");
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  /** Names of registries and repositories have no character that JSON would have to escape. */
  private static String request(CredentialProvider provider, ImageName image) {
    return "{\"kind\":\"CredentialProviderRequest\",\"apiVersion\":\""
        + provider.apiVersion()
        + "\",\"image\":\""
        + image
        + "\"}\n";
  }

  private static void ask(Process process, String request) {
    // It fits into the pipe, so a plugin that reads nothing does not hold this up.
    try (OutputStream out = process.getOutputStream()) {
      out.write(request.getBytes(StandardCharsets.UTF_8));
    } catch (IOException _) {
      // It may answer without having read.
    }
  }

  private byte[] answer(Process process, long end) throws UnusableException, InterruptedException {
    InputStream out = process.getInputStream();
    FutureTask<byte[]> reading = new FutureTask<>(() -> out.readNBytes(MAX_OUTPUT_BYTES + 1));
    Thread.ofVirtual().name("credential-plugin").start(reading);
    byte[] answer;
    try {
      answer = reading.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException _) {
      throw tooSlow();
    } catch (ExecutionException _) {
      throw new UnusableException("its output cannot be read");
    }
    if (answer.length > MAX_OUTPUT_BYTES) {
      throw new UnusableException("wrote more than 256 KiB");
    }
    return answer;
  }

  private UnusableException tooSlow() {
    return new UnusableException("did not end within " + limit.toSeconds() + " s");
  }
}
