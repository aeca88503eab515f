package dev.tarn.agent.canary;

import dev.tarn.agent.tree.HostsTree;
import dev.tarn.core.name.RegistryHost;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * The entry in a directory that containerd reads. Both of its hosts are the mirror, so containerd
 * dials nobody else for this registry; and the directory appears with its file in it.
 */
public final class CanaryFile implements CanaryEntry {
  /** In a domain that never resolves (RFC 6761, 6.4), so that no image can have this name. */
  public static final RegistryHost REGISTRY = new RegistryHost(HostsTree.CANARY);

  private static final String FIRST_LINE =
      "# Written by Tarn's canary for one pull; it may be deleted.";

  private final Path root;
  private final String text;

  /**
   * @param root a directory of {@code config_path}, as it is seen from here
   * @param mirror the node's mirror, as containerd reaches it
   */
  public CanaryFile(Path root, URI mirror) {
    this.root = root;
    this.text =
        """
        %1$s
        server = "%2$s"

        [host."%2$s"]
          capabilities = ["pull", "resolve"]
        """
            .formatted(FIRST_LINE, mirror);
  }

  @Override
  public Optional<String> put() {
    if (!Files.isDirectory(root)) {
      return Optional.of(root + " is not there");
    }
    try {
      if (Files.exists(file()) && !isOurs()) {
        return Optional.of(file() + " is not ours");
      }
      prepare();
      try {
        Files.move(prepared(), directory(), StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        if (!Files.isDirectory(directory())) {
          throw e;
        }
        replaceTheFile();
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("cannot write " + file() + ": " + e);
    }
  }

  private void prepare() throws IOException {
    Files.createDirectories(prepared());
    Files.writeString(prepared().resolve("hosts.toml"), text);
  }

  private void replaceTheFile() throws IOException {
    Files.move(prepared().resolve("hosts.toml"), file(), StandardCopyOption.ATOMIC_MOVE);
    Files.delete(prepared());
  }

  @Override
  public boolean stands() {
    try {
      return Files.readString(file()).equals(text);
    } catch (IOException e) {
      return false;
    }
  }

  private boolean isOurs() throws IOException {
    return Files.readString(file()).startsWith(FIRST_LINE);
  }

  /** Whether something of a pull is there, be it of one that was cut short by a crash. */
  public boolean hasTraces() {
    if (Files.exists(prepared())) {
      return true;
    }
    try {
      return Files.isDirectory(directory()) && (!Files.exists(file()) || isOurs());
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void withdraw() {
    // An interrupted thread reads no file; and whatever it was interrupted for, this comes first.
    boolean interrupted = Thread.interrupted();
    try {
      takeAway();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void takeAway() {
    try {
      if (isOurs()) {
        Files.delete(file());
      }
    } catch (IOException e) {
      // It is not there, or not to be read: then it is not ours to delete either.
    }
    deleteIfPossible(prepared().resolve("hosts.toml"));
    deleteIfPossible(prepared());
    deleteIfPossible(directory());
  }

  private static void deleteIfPossible(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      // somebody else's file is in it, or the file system is read-only: nothing is lost
    }
  }

  private Path directory() {
    return root.resolve(REGISTRY.value());
  }

  private Path file() {
    return directory().resolve("hosts.toml");
  }

  /** No registry's name begins with a dot, so containerd never looks here. */
  private Path prepared() {
    return root.resolve("." + REGISTRY.value());
  }
}
