package dev.tarn.server.credentials;

import dev.tarn.server.files.StrictJson;
import dev.tarn.server.files.UnusableException;
import dev.tarn.server.upstream.Credential;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Docker's {@code config.json}, the content of a {@code kubernetes.io/dockerconfigjson} Secret.
 *
 * <p>Of each entry of {@code auths} the first of these counts: {@code registrytoken}, {@code
 * identitytoken}, {@code auth} (user, colon and password in base64), {@code username} with {@code
 * password}. An entry without any is passed over, as is one whose key names no registry; {@code
 * credHelpers} and {@code credsStore} are not used.
 */
final class DockerConfig {
  private DockerConfig() {}

  /** An entry's texts, as they stand. */
  private static final class Entry {
    String username = "";
    String password = "";
    String auth = "";
    String identityToken = "";
    String registryToken = "";
  }

  static Keyring parse(byte[] bytes) throws UnusableException {
    List<Keyring.Key> keys = new ArrayList<>();
    boolean[] found = new boolean[1];
    StrictJson.read(
        bytes,
        json ->
            json.fields(
                "",
                name -> {
                  if (name.equals("auths")) {
                    found[0] = true;
                    auths(json, keys);
                  }
                }));
    if (!found[0]) {
      throw new UnusableException("auths is missing");
    }
    return Keyring.of(keys);
  }

  private static void auths(StrictJson json, List<Keyring.Key> keys)
      throws IOException, UnusableException {
    if (json.isNull()) {
      return;
    }
    int[] number = new int[1];
    json.fields(
        "auths",
        key -> {
          String name = "entry " + ++number[0] + " of auths";
          Entry entry = entry(json, name);
          Optional<Credential> credential = credential(entry, name);
          Optional<ImagePattern> pattern = ImagePattern.parse(key);
          if (credential.isPresent() && pattern.isPresent()) {
            keys.add(new Keyring.Key(pattern.get(), credential.get()));
          }
        });
  }

  private static Entry entry(StrictJson json, String name) throws IOException, UnusableException {
    Entry entry = new Entry();
    json.fields(
        name,
        field -> {
          switch (field) {
            case "username" -> entry.username = json.text(name + ": username");
            case "password" -> entry.password = json.text(name + ": password");
            case "auth" -> entry.auth = json.text(name + ": auth");
            case "identitytoken" -> entry.identityToken = json.text(name + ": identitytoken");
            case "registrytoken" -> entry.registryToken = json.text(name + ": registrytoken");
            default -> {} // E-mail addresses and the like.
          }
        });
    return entry;
  }

  private static Optional<Credential> credential(Entry entry, String name)
      throws UnusableException {
    if (!entry.registryToken.isEmpty()) {
      if (!entry.registryToken.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
        throw new UnusableException(name + ": registrytoken is no token");
      }
      return Optional.of(new Credential.RegistryToken(entry.registryToken));
    }
    if (!entry.identityToken.isEmpty()) {
      return Optional.of(new Credential.IdentityToken(entry.identityToken));
    }
    return entry.auth.isBlank()
        ? password(entry.username, entry.password, name)
        : decoded(entry.auth, name);
  }

  private static Optional<Credential> decoded(String auth, String name) throws UnusableException {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(auth.strip());
    } catch (IllegalArgumentException _) {
      throw new UnusableException(name + ": auth is not base64");
    }
    String text = new String(bytes, StandardCharsets.UTF_8);
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new UnusableException(name + ": auth is not a user and a password");
    }
    String password = text.substring(colon + 1);
    int end = password.length();
    while (end > 0 && password.charAt(end - 1) == 0) {
      end--; // Old clients padded it.
    }
    return password(text.substring(0, colon), password.substring(0, end), name);
  }

  /** Empty where nothing is given. */
  static Optional<Credential> password(String user, String password, String name)
      throws UnusableException {
    if (user.indexOf(':') >= 0) {
      throw new UnusableException(name + ": a user name cannot contain a colon");
    }
    return user.isEmpty() && password.isEmpty()
        ? Optional.empty()
        : Optional.of(new Credential.Password(user, password));
  }
}
