package dev.tarn.server.agent;

import dev.tarn.core.name.RegistryHost;
import dev.tarn.server.files.StrictJson;
import dev.tarn.server.files.UnusableException;
import dev.tarn.server.upstream.Authorities;
import dev.tarn.server.upstream.Origin;
import dev.tarn.server.upstream.Reach;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What {@code upstreams.json} says: for each registry whom containerd would ask. One thing wrong
 * with a registry, and nothing of it counts, so that nobody in its chain is passed over; what is
 * said of others counts all the same. What is no JSON of this shape does not count at all.
 *
 * <pre>{@code
 * {"registries": {"docker.io": [{"url": "https://harbor.example/v2/hub", "ca": "-----BEGIN…"}]}}
 * }</pre>
 *
 * @param leftOut the registries of which nothing counts, and why
 * @param strangers others that it names, which are not served; no more than a few
 */
record UpstreamsFile(
    Map<RegistryHost, List<Origin>> chains,
    Map<RegistryHost, String> leftOut,
    Set<String> strangers) {
  static final UpstreamsFile NONE = new UpstreamsFile(Map.of(), Map.of(), Set.of());

  private static final int MAX_STRANGERS = 16;
  private static final int MAX_ORIGINS = 16;
  private static final int MAX_CA_CHARS = 64 * 1024;

  UpstreamsFile {
    chains = Map.copyOf(chains);
    leftOut = Map.copyOf(leftOut);
    strangers = Set.copyOf(strangers);
  }

  /**
   * Makes sense of a file.
   *
   * @param known the registries that it may name
   * @param reach where its origins may be
   */
  static UpstreamsFile parse(byte[] bytes, Set<RegistryHost> known, Reach reach)
      throws UnusableException {
    Map<RegistryHost, List<Origin>> chains = new LinkedHashMap<>();
    Map<RegistryHost, String> leftOut = new HashMap<>();
    Set<String> strangers = new TreeSet<>();
    StrictJson.read(
        bytes,
        json ->
            json.fields(
                "",
                key -> {
                  if (!key.equals("registries")) {
                    throw new UnusableException("a key other than registries");
                  }
                  json.fields(
                      key,
                      name -> {
                        RegistryHost registry =
                            RegistryHost.parse(name).filter(known::contains).orElse(null);
                        if (registry == null) {
                          stranger(name, strangers);
                          return;
                        }
                        Chain chain = new Chain(registry, reach);
                        chain.read(json);
                        if (chains.containsKey(registry)) {
                          chain.problem("it is there twice");
                        }
                        chains.put(registry, List.copyOf(chain.origins));
                        chain.problem().ifPresent(why -> leftOut.put(registry, why));
                      });
                }));
    chains.keySet().removeAll(leftOut.keySet());
    return new UpstreamsFile(chains, leftOut, strangers);
  }

  /** What is no registry's name is not repeated. */
  private static void stranger(String name, Set<String> strangers) {
    if (strangers.size() < MAX_STRANGERS) {
      strangers.add(RegistryHost.parse(name).map(RegistryHost::value).orElse("?"));
    }
  }

  /** What is said of one registry; read to its end whatever is wrong with it. */
  private static final class Chain {
    private final RegistryHost registry;
    private final Reach reach;
    private final List<Origin> origins = new ArrayList<>();
    private @Nullable String problem;

    Chain(RegistryHost registry, Reach reach) {
      this.registry = registry;
      this.reach = reach;
    }

    /** The first one counts. */
    void problem(String why) {
      if (problem == null) {
        problem = why;
      }
    }

    Optional<String> problem() {
      return Optional.ofNullable(problem);
    }

    void read(StrictJson json) throws IOException {
      try {
        json.items("its chain", item -> origin(item));
      } catch (UnusableException e) {
        problem(e.why());
      }
      if (origins.isEmpty()) {
        problem("it has no upstream");
      }
    }

    private void origin(StrictJson json) throws IOException {
      String[] url = {""};
      String[] ca = {""};
      try {
        json.fields("an upstream", key -> field(json, key, url, ca));
        if (origins.size() == MAX_ORIGINS) {
          throw new UnusableException("it has more than " + MAX_ORIGINS + " upstreams");
        }
        origins.add(origin(url[0], ca[0]));
      } catch (UnusableException e) {
        problem(e.why());
      }
    }

    private void field(StrictJson json, String key, String[] url, String[] ca) throws IOException {
      try {
        switch (key) {
          case "url" -> url[0] = json.text("url");
          case "ca" -> ca[0] = json.text("ca");
          default -> problem("an upstream has a key other than url and ca");
        }
      } catch (UnusableException e) {
        problem(e.why());
      }
    }

    private Origin origin(String url, String ca) throws IOException, UnusableException {
      Origin origin;
      try {
        origin = new Origin(new URI(url), authorities(ca), reach);
      } catch (URISyntaxException | IllegalArgumentException _) {
        throw new UnusableException("an upstream has no valid URL");
      }
      if (origin.isOutOfReach()) {
        throw new UnusableException("an upstream is where none may be");
      }
      return isMirror(origin)
          ? new Origin(origin.base(), origin.ca(), reach, Optional.of(registry))
          : origin;
    }

    /** Whether containerd would tell it for which registry it is asked. */
    private boolean isMirror(Origin origin) {
      String authority = origin.authority();
      boolean hub =
          registry.equals(RegistryHost.DOCKER_HUB) && authority.equals("registry-1.docker.io");
      return !hub && !authority.equals(registry.value());
    }

    private static Optional<Authorities> authorities(String pem)
        throws IOException, UnusableException {
      if (pem.isEmpty()) {
        return Optional.empty();
      }
      Authorities authorities = new Authorities.InText(pem);
      try {
        if (pem.length() <= MAX_CA_CHARS && !authorities.certificates().isEmpty()) {
          return Optional.of(authorities);
        }
      } catch (CertificateException _) {
        // Told below.
      }
      throw new UnusableException("an upstream has a ca that is none");
    }
  }

  @Override
  public String toString() {
    return chains.size() + " registries";
  }
}
