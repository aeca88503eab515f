package dev.tarn.e2e.access;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Somebody with a name and a password.
 *
 * @param hash the password's, by bcrypt
 */
record User(String name, String password, String hash) {
  static final User ALICE =
      new User(
          "alice", "alice-secret", "$2y$05$abcdefghijklmnopqrstuup1/nBU3/nS1R5KhY7gI8I.G.mQcJR.S");
  static final User BOB =
      new User("bob", "bob-secret", "$2y$05$abcdefghijklmnopqrstuu9uPBM7sp4Ru93YxEK4H7hIKAYkzoiF2");
  private static final List<User> ALL = List.of(ALICE, BOB);

  /** Whom an {@code Authorization} field shows. */
  static Optional<User> of(Optional<String> authorization) {
    return ALL.stream().filter(user -> authorization.equals(Optional.of(user.basic()))).findFirst();
  }

  /** The lines of an htpasswd file. */
  static String passwords() {
    StringBuilder lines = new StringBuilder();
    ALL.forEach(user -> lines.append(user.name).append(':').append(user.hash).append('\n'));
    return lines.toString();
  }

  /** {@code name:password}, as crictl wants it. */
  String credential() {
    return name + ":" + password;
  }

  /** The {@code Authorization} field that shows both. */
  String basic() {
    return basic(name, password);
  }

  static String basic(String name, String password) {
    String text = name + ":" + password;
    return "Basic " + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return name;
  }
}
