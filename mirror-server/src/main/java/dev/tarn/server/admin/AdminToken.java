package dev.tarn.server.admin;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The token of a file: who shows it as {@code Authorization: Bearer} may have the node act. The
 * file is read each time, so that it can be changed, or taken away, while the node runs. Blocks for
 * as long as the disk takes. Thread-safe.
 */
final class AdminToken {
  private static final Logger LOG = LoggerFactory.getLogger(AdminToken.class);
  private static final String SCHEME = "Bearer ";
  private static final int MIN_LENGTH = 16;
  private static final int MAX_LENGTH = 4096;

  private final Optional<Path> file;
  private volatile @Nullable String problem;

  /** What to do with a request. */
  enum Verdict {
    ACCEPTED,
    /** It shows no token, or another. */
    REFUSED,
    /** No token is configured: nobody may. */
    DISABLED,
    /** A token is configured, but its file cannot be used: the log says why. */
    UNUSABLE
  }

  AdminToken(Optional<Path> file) {
    this.file = file;
  }

  /**
   * What to do with a request.
   *
   * @param authorization its {@code Authorization}
   */
  Verdict check(@Nullable String authorization) {
    if (file.isEmpty()) {
      return Verdict.DISABLED;
    }
    String expected = read(file.get());
    if (expected == null) {
      return Verdict.UNUSABLE;
    }
    if (authorization == null
        || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return Verdict.REFUSED;
    }
    return isSame(authorization.substring(SCHEME.length()).strip(), expected)
        ? Verdict.ACCEPTED
        : Verdict.REFUSED;
  }

  /** Takes as long whatever is compared: by their hashes, so that lengths tell nothing either. */
  private static boolean isSame(String shown, String expected) {
    return MessageDigest.isEqual(hash(shown), hash(expected));
  }

  private static byte[] hash(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private @Nullable String read(Path from) {
    try (InputStream in = Files.newInputStream(from)) {
      byte[] bytes = in.readNBytes(MAX_LENGTH + 1);
      String token = new String(bytes, StandardCharsets.ISO_8859_1).strip();
      if (bytes.length > MAX_LENGTH) {
        return unusable(from, "is larger than " + MAX_LENGTH + " bytes");
      }
      if (token.length() < MIN_LENGTH) {
        return unusable(from, "holds less than " + MIN_LENGTH + " characters");
      }
      if (!token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
        return unusable(from, "holds more than one word of ASCII");
      }
      problem = null;
      return token;
    } catch (NoSuchFileException _) {
      return unusable(from, "does not exist");
    } catch (IOException e) {
      return unusable(from, "cannot be read: " + e.getClass().getSimpleName());
    }
  }

  private @Nullable String unusable(Path from, String why) {
    if (!why.equals(problem)) {
      problem = why;
      LOG.atWarn().addKeyValue("file", from).addKeyValue("why", why).log("admin_token_unusable");
    }
    return null;
  }
}
