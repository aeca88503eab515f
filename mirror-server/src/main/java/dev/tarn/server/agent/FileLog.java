package dev.tarn.server.agent;

import dev.tarn.server.files.WatchedFile;
import java.nio.file.Path;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs what became of a file that the agent wrote, and counts how often it made no sense. */
final class FileLog implements WatchedFile.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(FileLog.class);

  private final String what;
  private final LongAdder failures = new LongAdder();

  /**
   * @param what the beginning of its events' names
   */
  FileLog(String what) {
    this.what = what;
  }

  long failures() {
    return failures.sum();
  }

  @Override
  public void loaded(Path file, Object found) {
    LOG.atInfo().addKeyValue("file", file).addKeyValue("found", found).log(what + "_loaded");
  }

  @Override
  public void notLoaded(Path file, String why) {
    failures.increment();
    LOG.atWarn().addKeyValue("file", file).addKeyValue("why", why).log(what + "_not_loaded");
  }
}
