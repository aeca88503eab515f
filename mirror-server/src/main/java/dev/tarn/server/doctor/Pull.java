package dev.tarn.server.doctor;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.ImageReference;
import dev.tarn.core.name.Reference;
import dev.tarn.server.console.Http;
import dev.tarn.server.console.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Pulls through a registry endpoint as containerd does, {@code ?ns=} and all, verifying each
 * digest: the tag, the manifest, the configuration, and the smallest layer. Nothing of it is kept
 * here. Not thread-safe.
 */
final class Pull {
  private static final String ACCEPT =
      "application/vnd.docker.distribution.manifest.v2+json,"
          + " application/vnd.docker.distribution.manifest.list.v2+json,"
          + " application/vnd.oci.image.manifest.v1+json,"
          + " application/vnd.oci.image.index.v1+json, */*";
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(30);
  private static final long MAX_MANIFEST_BYTES = 4L << 20;
  private static final int OK = 200;

  /** A layer that is larger is asked for by its first bytes, which has it fetched no less. */
  private static final long MAX_LAYER_BYTES = 256L << 20;

  private static final Pattern DETAIL = Pattern.compile("tarn;.*detail=([a-z]+)");

  private final URI registry;
  private final ImageReference image;
  private final Consumer<Hop> hops;

  /** How it ended. */
  sealed interface Outcome {
    /**
     * It went through to its end.
     *
     * @param stale whether the tag was answered with what was last known
     * @param blob what can be asked for once more
     */
    record Whole(boolean stale, Optional<Digest> blob) implements Outcome {}

    /** A hop was answered with something else than content. */
    record Refused(String what, int status) implements Outcome {}

    /** The bytes are not what their digest says. */
    record Wrong(String what, String why) implements Outcome {}

    /** A hop was not answered. */
    record Broken(String what, String why) implements Outcome {}
  }

  /** Ends it early. */
  private static final class EndedException extends Exception {
    private static final long serialVersionUID = 1;
    private final transient Outcome outcome;

    EndedException(Outcome outcome) {
      super(outcome.toString());
      this.outcome = outcome;
    }
  }

  Pull(URI registry, ImageReference image, Consumer<Hop> hops) {
    this.registry = registry;
    this.image = image;
    this.hops = hops;
  }

  Outcome run() {
    try {
      return whole();
    } catch (EndedException e) {
      return e.outcome;
    }
  }

  /** Asks for a blob that is here by now; gives where it came from. */
  String again(Digest blob) {
    try {
      return source(
          ask("GET", "blobs/" + blob, "configuration, again", OutputStream.nullOutputStream()));
    } catch (EndedException _) {
      return "";
    }
  }

  private Outcome whole() throws EndedException {
    Digest top;
    boolean stale = false;
    if (image.reference().orElse(null) instanceof Reference.ByDigest(Digest given)) {
      top = given;
    } else {
      String tag = image.reference().map(Reference::toString).orElse("latest");
      String what = "tag " + tag;
      Http.Head head = ask("HEAD", "manifests/" + tag, what, OutputStream.nullOutputStream());
      stale = source(head).equals("stale");
      top =
          Digest.parse(head.header("Docker-Content-Digest"))
              .orElseThrow(() -> wrong(what, "it has no Docker-Content-Digest"));
    }
    Json manifest = Json.parse(content("manifests/" + top, "manifest", top, MAX_MANIFEST_BYTES));
    List<Json> platforms = manifest.list("manifests");
    if (!platforms.isEmpty()) {
      Digest chosen = digest(platform(platforms), "index");
      manifest =
          Json.parse(
              content("manifests/" + chosen, "manifest of a platform", chosen, MAX_MANIFEST_BYTES));
    }
    Optional<Digest> configuration = Optional.empty();
    if (manifest.at("config").isObject()) {
      Digest digest = digest(manifest.at("config"), "manifest");
      blob(digest, "configuration", manifest.at("config").number("size"));
      configuration = Optional.of(digest);
    }
    Optional<Json> layer =
        manifest.list("layers").stream().min(Comparator.comparingLong(each -> each.number("size")));
    if (layer.isPresent()) {
      blob(digest(layer.get(), "manifest"), "smallest layer", layer.get().number("size"));
    }
    return new Outcome.Whole(stale, configuration);
  }

  /** That of this machine, else the first. */
  private static Json platform(List<Json> platforms) {
    String here =
        switch (System.getProperty("os.arch", "").toLowerCase(Locale.ROOT)) {
          case "aarch64" -> "arm64";
          case "x86_64" -> "amd64";
          default -> System.getProperty("os.arch", "");
        };
    return platforms.stream()
        .filter(each -> each.at("platform").text("os").equals("linux"))
        .filter(each -> each.at("platform").text("architecture").equals(here))
        .findFirst()
        .orElse(platforms.getFirst());
  }

  private static Digest digest(Json descriptor, String where) throws EndedException {
    return Digest.parse(descriptor.text("digest"))
        .orElseThrow(() -> wrong(where, "it names content by no digest"));
  }

  private byte[] content(String path, String what, Digest digest, long maxBytes)
      throws EndedException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    verified(path, what, digest, body, maxBytes);
    return body.toByteArray();
  }

  private void blob(Digest digest, String what, long size) throws EndedException {
    if (size > MAX_LAYER_BYTES) {
      // Too much to have fetched for a look.
      hops.accept(new Hop("", what, 0, "not asked for, it is too large", size, Duration.ZERO));
      return;
    }
    verified("blobs/" + digest, what, digest, OutputStream.nullOutputStream(), MAX_LAYER_BYTES + 1);
  }

  private void verified(String path, String what, Digest digest, OutputStream sink, long maxBytes)
      throws EndedException {
    MessageDigest hash = digest.algorithm().newHash();
    Http.Head head = ask("GET", path, what, new DigestOutputStream(sink, hash), maxBytes);
    Digest actual = Digest.of(digest.algorithm(), hash);
    if (!actual.equals(digest)) {
      throw wrong(
          what, "its " + head.length() + " bytes are " + actual + ", and it was to be " + digest);
    }
  }

  private Http.Head ask(String method, String path, String what, OutputStream sink)
      throws EndedException {
    return ask(method, path, what, sink, MAX_MANIFEST_BYTES);
  }

  private Http.Head ask(String method, String path, String what, OutputStream sink, long maxBytes)
      throws EndedException {
    URI target =
        registry.resolve("/v2/" + image.repository() + "/" + path + "?ns=" + image.registry());
    try {
      Http.Head head =
          Http.send(
              Http.Request.of(method, target, READ_TIMEOUT, maxBytes)
                  .with(Map.of("Accept", ACCEPT)),
              sink);
      hops.accept(
          new Hop(
              method,
              what,
              head.status(),
              head.status() == OK ? source(head) : "",
              head.length(),
              head.time()));
      if (head.status() != OK) {
        throw new EndedException(new Outcome.Refused(what, head.status()));
      }
      return head;
    } catch (IOException e) {
      hops.accept(new Hop(method, what, 0, Reason.of(e), 0, Duration.ZERO));
      throw new EndedException(new Outcome.Broken(what, Reason.of(e)));
    }
  }

  /** Where an answer came from, as it says itself; empty where it does not. */
  private static String source(Http.Head head) {
    String status = head.header("Cache-Status");
    Matcher detail = DETAIL.matcher(status);
    if (detail.find()) {
      return detail.group(1);
    }
    return status.contains("fwd=bypass") ? "passed on" : "";
  }

  private static EndedException wrong(String what, String why) {
    return new EndedException(new Outcome.Wrong(what, why));
  }
}
