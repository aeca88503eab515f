package dev.tarn.core.containerd;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A watch by inotify, through the JDK's service, which brings a thread of its own and remembers 512
 * changes of a directory. Used by one thread.
 */
final class NioWatch implements DirectoryWatch {
  private static final Logger log = LoggerFactory.getLogger(NioWatch.class);

  private final WatchService service;
  private final Map<Path, WatchKey> keys = new HashMap<>();
  private @Nullable WatchKey signalled;

  private NioWatch(WatchService service) {
    this.service = service;
  }

  static NioWatch open() throws IOException {
    return new NioWatch(FileSystems.getDefault().newWatchService());
  }

  @Override
  public void add(Path directory) throws IOException {
    WatchKey key =
        directory.register(
            service, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE);
    WatchKey before = keys.put(directory, key);
    if (before != null && !before.equals(key)) {
      before.cancel(); // Another directory has that name now.
    }
  }

  @Override
  public Changes take() {
    List<Path> files = new ArrayList<>();
    boolean missed = false;
    for (WatchKey key = next(); key != null; key = next()) {
      for (WatchEvent<?> event : key.pollEvents()) {
        if (event.context() instanceof Path name && key.watchable() instanceof Path directory) {
          files.add(directory.resolve(name));
        } else {
          missed = true;
        }
      }
      if (!key.reset()) {
        missed |= keys.values().remove(key);
      }
    }
    return new Changes(files, missed);
  }

  private @Nullable WatchKey next() {
    WatchKey key = signalled;
    signalled = null;
    return key == null ? service.poll() : key;
  }

  @Override
  public void await(long nanos) throws InterruptedException {
    if (signalled == null) {
      signalled = service.poll(nanos, TimeUnit.NANOSECONDS);
    }
  }

  @Override
  public void close() {
    try {
      service.close();
    } catch (IOException e) {
      log.atWarn().setCause(e).log("containerd.watch.close.failed");
    }
  }
}
