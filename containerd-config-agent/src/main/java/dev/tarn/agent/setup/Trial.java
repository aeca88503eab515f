package dev.tarn.agent.setup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** A directory of the host's for files that its containerd is shown; gone when this is closed. */
final class Trial implements AutoCloseable {
  private final HostFiles files;
  private final String directory;
  private final List<Path> made = new ArrayList<>();

  Trial(HostFiles files, RandomGenerator random) throws IOException {
    this.files = files;
    this.directory = "/run/tarn-configure-containerd-" + Long.toHexString(random.nextLong());
    Path here = files.here(directory);
    // A configuration may have credentials in it.
    Files.createDirectory(
        here, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    made.add(here);
  }

  /** Writes a file; its path, as the host names it. */
  String put(String name, String text) throws IOException {
    String path = directory + "/" + name;
    Path here = files.here(path);
    made.addFirst(here);
    Files.writeString(here, text);
    return path;
  }

  @Override
  public void close() throws IOException {
    for (Path each : made) {
      Files.deleteIfExists(each);
    }
  }
}
