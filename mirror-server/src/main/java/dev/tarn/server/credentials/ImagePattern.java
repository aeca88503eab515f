package dev.tarn.server.credentials;

import dev.tarn.core.name.Glob;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which images a credential is for, or a plugin is asked for, by a kubelet's rules: host, port and
 * the beginning of the path. {@code *} in a host stands for any characters of one label; the number
 * of labels and the port must be the same. A scheme, and a path of {@code /v1/} or {@code /v2/},
 * are passed over.
 *
 * <p>Patterns are ordered as a kubelet tries them: longer paths before shorter ones of the same
 * host, and mostly plain hosts before those with a wildcard. Docker Hub's other names come last.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/containers/images/#config-json">Kubernetes,
 *     images: interpretation of config.json</a>
 */
final class ImagePattern implements Comparable<ImagePattern> {
  private static final Pattern SYNTAX =
      Pattern.compile("((?:[a-z0-9*._-]+|\\[[0-9a-f:.]+])(?::[0-9]{1,5})?)(/[^?#]*)?");
  private static final Pattern SCHEME = Pattern.compile("^https?://", Pattern.CASE_INSENSITIVE);
  private static final Pattern API_VERSION = Pattern.compile("^/v[12](?=/|$)");
  private static final Set<String> DOCKER_HUB = Set.of("index.docker.io", "registry-1.docker.io");
  private static final int MAX_LENGTH = 1024;
  private static final Comparator<ImagePattern> ORDER =
      Comparator.<ImagePattern, Boolean>comparing(pattern -> pattern.alias)
          .thenComparing(pattern -> pattern.text, Comparator.reverseOrder());

  private final String text;
  private final boolean alias;
  private final List<Glob> labels;
  private final String port;
  private final String path;

  private ImagePattern(String authority, String path) {
    this.alias = DOCKER_HUB.contains(authority);
    String host = alias ? "docker.io" : authority;
    this.text = host + path;
    this.labels = HostLabels.of(host).stream().map(Glob::new).toList();
    this.port = HostLabels.port(host);
    this.path = path;
  }

  /** The pattern that {@code text} writes; empty where it is none. */
  static Optional<ImagePattern> parse(String text) {
    if (text.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    String bare = SCHEME.matcher(text.strip()).replaceFirst("");
    int slash = bare.indexOf('/');
    String authority = (slash < 0 ? bare : bare.substring(0, slash)).toLowerCase(Locale.ROOT);
    String path = slash < 0 ? "" : bare.substring(slash);
    if (!SYNTAX.matcher(authority + path).matches()) {
      return Optional.empty();
    }
    String effective = API_VERSION.matcher(path).replaceFirst("");
    return Optional.of(new ImagePattern(authority, effective.equals("/") ? "" : effective));
  }

  boolean matches(ImageName image) {
    List<String> others = image.labels();
    if (!port.equals(image.port())
        || labels.size() != others.size()
        || !image.path().startsWith(path)) {
      return false;
    }
    for (int i = 0; i < labels.size(); i++) {
      if (!labels.get(i).matches(others.get(i))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int compareTo(ImagePattern other) {
    return ORDER.compare(this, other);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ImagePattern that && text.equals(that.text) && alias == that.alias;
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
