package dev.tarn.core.containerd;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A watch that tells what a test says. For one thread. */
final class ScriptedWatch implements DirectoryWatch {
  final Set<Path> watched = new HashSet<>();
  final List<Path> files = new ArrayList<>();
  boolean missed;
  boolean closed;

  @Override
  public void add(Path directory) {
    watched.add(directory);
  }

  @Override
  public Changes take() {
    Changes changes = new Changes(List.copyOf(files), missed);
    files.clear();
    missed = false;
    return changes;
  }

  @Override
  public void await(long nanos) {}

  @Override
  public void close() {
    closed = true;
  }
}
