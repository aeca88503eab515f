package dev.tarn.core.containerd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What tells one version of a file from another without reading it. Immutable.
 *
 * <p>The change time is set by the kernel with every write, rename and change of mode, and cannot
 * be set back as the modification time can.
 */
record FileIdentity(long inode, long changedNanos, long size) {

  /**
   * That of a regular file; one {@code lstat(2)}.
   *
   * @return null where there is none, or something else: a link is never followed
   */
  static @Nullable FileIdentity of(Path file) throws IOException {
    try {
      Map<String, Object> attributes =
          Files.readAttributes(
              file, "unix:ino,ctime,size,isRegularFile", LinkOption.NOFOLLOW_LINKS);
      if (attributes.get("ino") instanceof Long inode
          && attributes.get("ctime") instanceof FileTime changed
          && attributes.get("size") instanceof Long size
          && Boolean.TRUE.equals(attributes.get("isRegularFile"))) {
        return new FileIdentity(inode, changed.to(TimeUnit.NANOSECONDS), size);
      }
      return null;
    } catch (NoSuchFileException _) {
      return null;
    }
  }
}
