package dev.tarn.core.name;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A registry as image references name it: a host, with a port where one is given.
 *
 * <p>It is canonical: lower case, and Docker Hub's several spellings are all {@code docker.io}.
 * Which host is dialled for a registry is configuration, not part of its name.
 */
public record RegistryHost(String value) implements Comparable<RegistryHost> {
  private static final int MAX_LENGTH = 255;
  private static final int IPV6_GROUPS = 8;
  private static final Pattern SYNTAX =
      Pattern.compile(
          "(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*"
              + "|\\[[0-9a-f:]{2,39}])(?::[0-9]{1,5})?");

  /** Upper case is another spelling, in ASCII alone: elsewhere two letters have one lower case. */
  private static final Pattern ANY_CASE =
      Pattern.compile(SYNTAX.pattern(), Pattern.CASE_INSENSITIVE);

  /** Docker Hub, by the name that references and {@code ns} use. */
  public static final RegistryHost DOCKER_HUB = new RegistryHost("docker.io");

  /**
   * Whom containerd is asked for to see whether it comes to the mirror: nobody, since no name in
   * this domain ever resolves. It is never served.
   *
   * @see <a href="https://www.rfc-editor.org/rfc/rfc6761#section-6.4">RFC 6761, section 6.4</a>
   */
  public static final RegistryHost CANARY = new RegistryHost("canary.tarn.invalid");

  public RegistryHost {
    if (value.length() > MAX_LENGTH
        || !SYNTAX.matcher(value).matches()
        || !isAddressIfBracketed(value)) {
      throw new IllegalArgumentException("not a registry host: " + printable(value));
    }
  }

  /** The registry that {@code text} names, or empty where it is no host with an optional port. */
  public static Optional<RegistryHost> parse(String text) {
    if (text.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    if (!ANY_CASE.matcher(text).matches() || !portInRange(text)) {
      return Optional.empty();
    }
    String lower = text.toLowerCase(Locale.ROOT);
    if (!isAddressIfBracketed(lower)) {
      return Optional.empty();
    }
    return switch (lower) {
      case "index.docker.io", "registry-1.docker.io", "docker.io" -> Optional.of(DOCKER_HUB);
      default -> Optional.of(new RegistryHost(lower));
    };
  }

  private static boolean portInRange(String host) {
    int colon = host.lastIndexOf(':');
    if (colon < 0 || host.endsWith("]")) {
      return true;
    }
    int port = Integer.parseInt(host, colon + 1, host.length(), 10);
    return port > 0 && port <= 65_535;
  }

  /** Between brackets is an IPv6 address: eight groups, or fewer around one {@code ::}. */
  private static boolean isAddressIfBracketed(String host) {
    if (!host.startsWith("[")) {
      return true;
    }
    String address = host.substring(1, host.indexOf(']'));
    int gap = address.indexOf("::");
    if (gap < 0) {
      return groups(address) == IPV6_GROUPS;
    }
    int before = groups(address.substring(0, gap));
    int after = groups(address.substring(gap + 2));
    return before >= 0 && after >= 0 && before + after < IPV6_GROUPS;
  }

  /** How many groups of one to four digits there are; negative where it is something else. */
  private static int groups(String text) {
    if (text.isEmpty()) {
      return 0;
    }
    String[] groups = text.split(":", -1);
    for (String group : groups) {
      if (group.isEmpty() || group.length() > 4) {
        return -1;
      }
    }
    return groups.length;
  }

  private static String printable(String value) {
    String cut = value.length() > 64 ? value.substring(0, 64) + "…" : value;
    return cut.replaceAll("\\p{Cntrl}", "?");
  }

  @Override
  public int compareTo(RegistryHost other) {
    return value.compareTo(other.value);
  }

  // Written out: a record's own are linked at their first use, which start-up would wait for.
  @Override
  public boolean equals(Object other) {
    return other instanceof RegistryHost that && value.equals(that.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return value;
  }
}
