package dev.tarn.agent.containerd;

import dev.tarn.agent.files.HostRoot;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Asks the host's containerd for its version by running it, where it is mounted here and runs here.
 * It gets no environment, two seconds, and nothing to read.
 */
public final class BinaryVersion {
  private static final int SECONDS = 2;
  private static final int MAX_OUTPUT_BYTES = 4_096;

  private final HostRoot host;

  public BinaryVersion(HostRoot host) {
    this.host = host;
  }

  /** The first of these that answers. */
  public Optional<ContainerdVersion> of(List<String> binaries) {
    for (String binary : binaries) {
      Optional<ContainerdVersion> version = of(binary);
      if (version.isPresent()) {
        return version;
      }
    }
    return Optional.empty();
  }

  private Optional<ContainerdVersion> of(String binary) {
    try {
      Path here = host.resolve(binary);
      return Files.isRegularFile(here) && Files.isExecutable(here) ? ask(here) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // made for another system, or not to be run here
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private static Optional<ContainerdVersion> ask(Path binary)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(binary.toString(), "--version");
    builder.environment().clear();
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    Process process = builder.start();
    try (InputStream output = process.getInputStream()) {
      process.getOutputStream().close();
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        return Optional.empty();
      }
      String text = new String(output.readNBytes(MAX_OUTPUT_BYTES), StandardCharsets.UTF_8);
      return text.startsWith("containerd ") ? ContainerdVersion.parse(text) : Optional.empty();
    } finally {
      process.destroyForcibly();
    }
  }
}
