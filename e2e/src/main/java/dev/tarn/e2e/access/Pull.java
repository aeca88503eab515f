package dev.tarn.e2e.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.e2e.image.Hashing;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A pull as containerd makes it: HEAD for the tag by one session, and then by another, which has to
 * show its credential anew, the manifest, the configuration and the layers. On the calling thread.
 */
final class Pull {
  private static final int RESUMES = 5;

  private final URI mirror;
  private final URI registry;
  private final Place place;
  private final Session resolver;
  private final Session fetcher;

  Pull(URI mirror, Place place, Session resolver, Session fetcher) {
    this(mirror, mirror, place, resolver, fetcher);
  }

  private Pull(URI mirror, URI registry, Place place, Session resolver, Session fetcher) {
    this.mirror = mirror;
    this.registry = registry;
    this.place = place;
    this.resolver = resolver;
    this.fetcher = fetcher;
  }

  /** As this user. */
  static Pull by(User user, URI mirror, Place place) {
    return new Pull(mirror, place, Session.of(user), Session.of(user));
  }

  /** As this user, who goes on at the registry where the mirror fails in a blob. */
  static Pull by(User user, URI mirror, URI registry, Place place) {
    return new Pull(mirror, registry, place, Session.of(user), Session.of(user));
  }

  /**
   * What became of a pull.
   *
   * @param problem what went wrong, or empty where everything came and is what its digest says
   * @param status of the first answer that was not a success, or 200
   * @param digest what the tag named, or empty
   * @param blobs the bytes of configuration and layers, by digest
   * @param shown every {@code Authorization} that was shown
   */
  record Result(
      Optional<String> problem,
      int status,
      String digest,
      Map<String, Integer> blobs,
      List<String> shown) {
    boolean complete() {
      return problem.isEmpty();
    }
  }

  Result run(String tag) throws IOException {
    Map<String, Integer> blobs = new LinkedHashMap<>();
    Session.Got named = resolver.head(mirror, place.manifest(tag));
    if (named.status() != 200) {
      return result("HEAD of the tag", named, "", blobs);
    }
    String digest = named.head().first("Docker-Content-Digest").orElse("");
    Session.Got manifest = fetcher.get(mirror, place.manifest(digest));
    if (manifest.status() != 200 || !digest.equals(Hashing.digest(manifest.body()))) {
      return result("the manifest", manifest, digest, blobs);
    }
    for (String blob : blobsOf(manifest.body())) {
      Session.Got got = fetcher.blob(mirror, registry, place.blob(blob), RESUMES);
      if (got.status() != 200 || !blob.equals(Hashing.digest(got.body()))) {
        return result("blob " + blob, got, digest, blobs);
      }
      blobs.put(blob, got.body().length);
    }
    return new Result(Optional.empty(), 200, digest, blobs, shown());
  }

  private Result result(String what, Session.Got got, String digest, Map<String, Integer> blobs) {
    return new Result(Optional.of(what + ": " + got), got.status(), digest, blobs, shown());
  }

  private List<String> shown() {
    List<String> all = new ArrayList<>();
    resolver.shown().ifPresent(all::add);
    fetcher.shown().ifPresent(all::add);
    return all;
  }

  /** Every {@code Authorization} that was shown so far. */
  Set<String> everShown() {
    Set<String> all = new HashSet<>(resolver.everShown());
    all.addAll(fetcher.everShown());
    return all;
  }

  private static List<String> blobsOf(byte[] manifest) throws IOException {
    JsonNode json = new ObjectMapper().readTree(manifest);
    List<String> digests = new ArrayList<>();
    digests.add(json.required("config").required("digest").asText());
    json.required("layers").forEach(layer -> digests.add(layer.required("digest").asText()));
    return digests;
  }
}
