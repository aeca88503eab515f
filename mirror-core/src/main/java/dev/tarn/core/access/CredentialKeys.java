package dev.tarn.core.access;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Makes keys of credentials, by HMAC-SHA256 with a secret of this node's: whoever reads the store
 * can neither learn a credential from it nor try guesses. Thread-safe.
 */
public final class CredentialKeys {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int SECRET_BYTES = 32;

  /** 128 bits: enough for keys that nobody can choose. */
  private static final int KEY_BYTES = 16;

  /** A token's claims, as far as they are looked at. */
  private static final int MAX_CLAIMS = 64 * 1024;

  /** No origin is named so: theirs are hosts and ports. */
  private static final String OWN_TOKENS = "own tokens";

  private static final String SIGNATURES = "signatures";

  private static final Pattern EXPIRES = Pattern.compile("\"exp\"\\s*:\\s*(\\d{1,15})(?!\\d)");

  private final Mac prototype;

  private CredentialKeys(byte[] secret) {
    try {
      prototype = Mac.getInstance(ALGORITHM);
      prototype.init(new SecretKeySpec(secret, ALGORITHM));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }

  /**
   * Reads this node's secret, or makes one where there is none that is whole; with another secret
   * no decision of before is found again.
   *
   * @param file readable by this process's user alone
   */
  public static CredentialKeys open(Path file, SecureRandom random) throws IOException {
    byte[] secret = read(file);
    if (secret == null) {
      secret = new byte[SECRET_BYTES];
      random.nextBytes(secret);
      write(file, secret);
    }
    return new CredentialKeys(secret);
  }

  private static byte @Nullable [] read(Path file) throws IOException {
    try {
      byte[] secret = Files.readAllBytes(file);
      return secret.length == SECRET_BYTES ? secret : null;
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static void write(Path file, byte[] secret) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(temporary);
    Files.createFile(
        temporary,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(temporary, secret);
    Files.move(
        temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * The credential in an {@code Authorization} field.
   *
   * @param origin whom it is shown to: with another it is another credential
   */
  public Credential of(String origin, String authorization) {
    String scheme = authorization.strip().toLowerCase(Locale.ROOT);
    boolean basic = scheme.startsWith("basic ");
    return new Credential(
        basic ? Credential.Kind.BASIC : Credential.Kind.TOKEN,
        hash(origin, authorization),
        basic ? null : expires(authorization));
  }

  /**
   * A name and a password, as they would be shown to {@code origin}: the same credential as in an
   * {@code Authorization} field there. Where the name is empty the password is a refresh token, as
   * clients have it that were given nothing else.
   */
  public Credential ofSecret(String origin, String name, String password) {
    String text = name + ":" + password;
    String basic = Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    return new Credential(Credential.Kind.BASIC, hash(origin, "Basic " + basic), null);
  }

  /** A token that this node issued itself; it is shown to this node alone. */
  public Credential ofOwnToken(String token) {
    return new Credential(Credential.Kind.TOKEN, hash(OWN_TOKENS, token), null);
  }

  /** What proves that this node wrote {@code text}: nobody else can make it. */
  public String sign(String text) {
    return hash(SIGNATURES, text);
  }

  /** Whether {@code signature} proves that this node wrote {@code text}. */
  public boolean isSigned(String text, String signature) {
    return MessageDigest.isEqual(
        sign(text).getBytes(StandardCharsets.UTF_8), signature.getBytes(StandardCharsets.UTF_8));
  }

  private String hash(String origin, String authorization) {
    Mac mac;
    try {
      mac = (Mac) prototype.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException(ALGORITHM + " can be cloned", e);
    }
    mac.update(origin.getBytes(StandardCharsets.UTF_8));
    mac.update((byte) 0);
    byte[] hash = mac.doFinal(authorization.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(Arrays.copyOf(hash, KEY_BYTES));
  }

  /**
   * When a token ends, where it is a JWT that says so. Its signature is the origin's business: what
   * it says counts only once the origin has accepted it.
   */
  private static @Nullable Instant expires(String authorization) {
    int first = authorization.indexOf('.');
    int second = authorization.indexOf('.', first + 1);
    if (first < 0 || second < 0 || second - first > MAX_CLAIMS) {
      return null;
    }
    try {
      byte[] claims = Base64.getUrlDecoder().decode(authorization.substring(first + 1, second));
      Matcher found = EXPIRES.matcher(new String(claims, StandardCharsets.UTF_8));
      return found.find() ? Instant.ofEpochSecond(Long.parseLong(found.group(1))) : null;
    } catch (IllegalArgumentException | DateTimeException e) {
      return null;
    }
  }
}
