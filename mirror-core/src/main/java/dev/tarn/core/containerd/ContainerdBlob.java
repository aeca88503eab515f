package dev.tarn.core.containerd;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.store.StoredBlob;
import java.io.IOException;
import java.nio.channels.FileChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An open file of containerd's, which stays readable when containerd deletes it. Thread-safe. */
record ContainerdBlob(Digest digest, long size, FileChannel channel) implements StoredBlob {
  private static final Logger log = LoggerFactory.getLogger(ContainerdBlob.class);

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      log.atWarn().addKeyValue("digest", digest).setCause(e).log("containerd.close.failed");
    }
  }
}
