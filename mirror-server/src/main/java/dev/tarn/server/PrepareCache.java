package dev.tarn.server;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Gives the cache's directory to the user that the server runs as: the kubelet makes directories of
 * the host root's, and a pod's {@code fsGroup} does not apply to them. For an init container that
 * is root with CAP_CHOWN and nothing else.
 *
 * <p>The directory alone: what is in it was made by its owner.
 */
final class PrepareCache {
  private static final Pattern OWNER_TEXT = Pattern.compile("([0-9]{1,9}):([0-9]{1,9})");
  private static final String MODE = "rwxr-x---";

  private final PrintStream out;
  private final PrintStream err;

  PrepareCache(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /** A user and a group, as numbers: an image has no names for them. */
  record Owner(int user, int group) {
    static Optional<Owner> parse(String text) {
      Matcher matcher = OWNER_TEXT.matcher(text);
      return matcher.matches()
          ? Optional.of(
              new Owner(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))))
          : Optional.empty();
    }

    @Override
    public String toString() {
      return user + ":" + group;
    }
  }

  /** Answers the exit status. */
  int run(Path directory, Owner wanted) {
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      err.println("tarn: " + directory + " is not a directory");
      return ExitStatus.FAILURE;
    }
    try {
      Owner now = ownerOf(directory);
      if (now.equals(wanted)) {
        out.println(directory + " belongs to " + wanted + " already");
        return ExitStatus.OK;
      }
      give(directory, now, wanted);
      out.println(directory + " belonged to " + now + ", and belongs to " + wanted + " now");
      return ExitStatus.OK;
    } catch (IOException e) {
      err.println("tarn: " + directory + " could not be given to " + wanted + ": " + e);
      return ExitStatus.FAILURE;
    }
  }

  private static Owner ownerOf(Path directory) throws IOException {
    return new Owner(
        (Integer) Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS),
        (Integer) Files.getAttribute(directory, "unix:gid", LinkOption.NOFOLLOW_LINKS));
  }

  /** The mode first: afterwards it is no longer ours. */
  private void give(Path directory, Owner now, Owner wanted) throws IOException {
    try {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(MODE));
    } catch (IOException e) {
      err.println("tarn: the mode of " + directory + ", of " + now + ", stays as it is: " + e);
    }
    Files.setAttribute(directory, "unix:gid", wanted.group(), LinkOption.NOFOLLOW_LINKS);
    Files.setAttribute(directory, "unix:uid", wanted.user(), LinkOption.NOFOLLOW_LINKS);
  }
}
