package dev.tarn.server.credentials;

import dev.tarn.server.files.WatchedFile;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs what became of files with credentials. */
final class FileLog implements WatchedFile.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(FileLog.class);

  @Override
  public void loaded(Path file, Object found) {
    LOG.atInfo().addKeyValue("file", file).addKeyValue("found", found).log("credentials_loaded");
  }

  @Override
  public void notLoaded(Path file, String why) {
    LOG.atWarn().addKeyValue("file", file).addKeyValue("why", why).log("credentials_not_loaded");
  }
}
