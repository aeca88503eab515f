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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What {@code upstreams.json} says: for each registry whom containerd would ask. One thing wrong in
 * it, and none of it counts: an agent writes it whole or not at all.
 *
 * <pre>{@code
 * {"registries": {"docker.io": [{"url": "https://harbor.example/v2/hub", "ca": "-----BEGIN…"}]}}
 * }</pre>
 */
record UpstreamsFile(Map<RegistryHost, List<Origin>> chains) {
  static final UpstreamsFile NONE = new UpstreamsFile(Map.of());

  private static final int MAX_ORIGINS = 16;
  private static final int MAX_CA_CHARS = 64 * 1024;

  /**
   * Makes sense of a file.
   *
   * @param known the registries that it may name
   * @param reach where its origins may be
   */
  static UpstreamsFile parse(byte[] bytes, Set<RegistryHost> known, Reach reach)
      throws UnusableException {
    Map<RegistryHost, List<Origin>> chains = new LinkedHashMap<>();
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
                            RegistryHost.parse(name)
                                .filter(known::contains)
                                .orElseThrow(
                                    () -> new UnusableException("a registry that is not served"));
                        if (chains.put(registry, chain(json, registry, reach)) != null) {
                          throw new UnusableException(registry + " is there twice");
                        }
                      });
                }));
    return new UpstreamsFile(Map.copyOf(chains));
  }

  private static List<Origin> chain(StrictJson json, RegistryHost registry, Reach reach)
      throws IOException, UnusableException {
    List<Origin> origins = new ArrayList<>();
    json.items(
        registry.value(),
        item -> {
          if (origins.size() == MAX_ORIGINS) {
            throw new UnusableException(registry + " has more than " + MAX_ORIGINS + " upstreams");
          }
          origins.add(origin(item, registry, reach));
        });
    if (origins.isEmpty()) {
      throw new UnusableException(registry + " has no upstream");
    }
    return List.copyOf(origins);
  }

  private static Origin origin(StrictJson json, RegistryHost registry, Reach reach)
      throws IOException, UnusableException {
    String[] url = {""};
    String[] ca = {""};
    json.fields(
        "an upstream of " + registry,
        key -> {
          switch (key) {
            case "url" -> url[0] = json.text("url");
            case "ca" -> ca[0] = json.text("ca");
            default -> throw new UnusableException("an upstream has a key other than url and ca");
          }
        });
    Origin origin;
    try {
      origin = new Origin(new URI(url[0]), authorities(ca[0], registry), reach);
    } catch (URISyntaxException | IllegalArgumentException _) {
      throw new UnusableException("an upstream of " + registry + " has no valid URL");
    }
    if (origin.isOutOfReach()) {
      throw new UnusableException("an upstream of " + registry + " is where none may be");
    }
    return origin;
  }

  private static Optional<Authorities> authorities(String pem, RegistryHost registry)
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
    throw new UnusableException("an upstream of " + registry + " has a ca that is none");
  }

  @Override
  public String toString() {
    return chains.size() + " registries";
  }
}
