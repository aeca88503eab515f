package dev.tarn.agent.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The files of this machine, some operations of which a test does differently. */
abstract class ForwardingFiles implements HostFiles {
  private final HostFiles files = new LocalFiles();

  @Override
  public Optional<Attributes> attributes(Path path) throws IOException {
    return files.attributes(path);
  }

  @Override
  public List<String> list(Path directory) throws IOException {
    return files.list(directory);
  }

  @Override
  public byte[] read(Path file, int limit) throws IOException {
    return files.read(file, limit);
  }

  @Override
  public void makeDirectory(Path directory) throws IOException {
    files.makeDirectory(directory);
  }

  @Override
  public Draft create(Path file) throws IOException {
    return files.create(file);
  }

  @Override
  public boolean isClaimed(Path file) throws IOException {
    return files.isClaimed(file);
  }

  @Override
  public void setMode(Path path, int mode) throws IOException {
    files.setMode(path, mode);
  }

  @Override
  public void setOwner(Path path, int owner, int group) throws IOException {
    files.setOwner(path, owner, group);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    files.rename(from, to);
  }

  @Override
  public void renameNew(Path from, Path to) throws IOException {
    files.renameNew(from, to);
  }

  @Override
  public boolean exchange(Path one, Path other) throws IOException {
    return files.exchange(one, other);
  }

  @Override
  public void delete(Path path) throws IOException {
    files.delete(path);
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    files.syncDirectory(directory);
  }
}
