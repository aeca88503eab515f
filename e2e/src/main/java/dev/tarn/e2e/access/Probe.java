package dev.tarn.e2e.access;

import dev.tarn.e2e.http.RawClient;
import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.run.CaseRun;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Asks for an image that the asker may not have, in one way after the other, and fails the case
 * where anything of it is given: a success, a digest, a part of it.
 */
final class Probe {
  private static final List<String> RANGES =
      List.of("bytes=0-", "bytes=0-0", "bytes=0-99", "bytes=100-", "bytes=-50");

  /** A body shorter than that may be part of anything. */
  private static final int TELLING_BYTES = 8;

  private final CaseRun run;
  private final Image image;

  /** That the cases can fail: the same ways give all of it to its owner. */
  private final boolean ofOwner;

  private final List<byte[]> contents = new ArrayList<>();
  private int asked;

  Probe(CaseRun run, Image image) throws IOException {
    this(run, image, false);
  }

  private Probe(CaseRun run, Image image, boolean ofOwner) throws IOException {
    this.run = run;
    this.image = image;
    this.ofOwner = ofOwner;
    for (Blob blob : all()) {
      contents.add(Files.readAllBytes(blob.file()));
    }
  }

  /** One for whoever has the right: it fails the case where anything is refused. */
  Probe toOwner() throws IOException {
    return new Probe(run, image, true);
  }

  private List<Blob> all() {
    List<Blob> all = new ArrayList<>(image.blobs());
    all.add(image.manifest());
    return all;
  }

  /** What is asked for as a blob; registries differ on whether a manifest is one. */
  private List<Blob> askedAsBlobs() {
    return ofOwner ? image.blobs() : all();
  }

  /** In every way that there is, where there is the tag. */
  void everything(Session who, URI mirror, Place place) throws IOException {
    tag(who, mirror, place);
    digests(who, mirror, place);
    ranges(who, mirror, place);
    heads(who, mirror, place);
    prefixes(who, mirror, place);
  }

  /** By the tag, and by what tags there are. */
  void tag(Session who, URI mirror, Place place) throws IOException {
    nothing(place, who.get(mirror, place.manifest(Private.TAG)));
    nothing(place, who.head(mirror, place.manifest(Private.TAG)));
    nothing(place, who.get(mirror, place.prefixed("manifests/" + Private.TAG)));
    nothing(place, who.head(mirror, place.prefixed("manifests/" + Private.TAG)));
    nothing(place, who.get(mirror, place.tags()));
  }

  /** By the digests: the manifest, as such and as a blob, the configuration, the layers. */
  void digests(Session who, URI mirror, Place place) throws IOException {
    nothing(place, who.get(mirror, place.manifest(image.manifest().digest())));
    for (Blob blob : askedAsBlobs()) {
      nothing(place, who.get(mirror, place.blob(blob.digest())));
    }
  }

  void ranges(Session who, URI mirror, Place place) throws IOException {
    for (Blob blob : askedAsBlobs()) {
      for (String range : RANGES) {
        nothing(place, who.range(mirror, place.blob(blob.digest()), range));
      }
    }
  }

  void heads(Session who, URI mirror, Place place) throws IOException {
    nothing(place, who.head(mirror, place.manifest(image.manifest().digest())));
    for (Blob blob : askedAsBlobs()) {
      nothing(place, who.head(mirror, place.blob(blob.digest())));
    }
  }

  /** By a path that begins with the registry, alone and with the registry besides. */
  void prefixes(Session who, URI mirror, Place place) throws IOException {
    List<String> paths = new ArrayList<>();
    paths.add("manifests/" + image.manifest().digest());
    askedAsBlobs().forEach(blob -> paths.add("blobs/" + blob.digest()));
    for (String path : paths) {
      nothing(place, who.get(mirror, place.prefixed(path)));
      nothing(place, who.head(mirror, place.prefixed(path)));
      refused(place, who.get(mirror, place.prefixed(path) + "?ns=" + place.registry()));
    }
    for (Blob blob : askedAsBlobs()) {
      nothing(place, who.range(mirror, place.prefixed("blobs/" + blob.digest()), "bytes=10-"));
    }
  }

  /** Some requests of each kind, where each takes its time. */
  void briefly(Session who, URI mirror, Place place) throws IOException {
    nothing(place, who.head(mirror, place.manifest(Private.TAG)));
    nothing(place, who.get(mirror, place.manifest(image.manifest().digest())));
    nothing(place, who.get(mirror, place.blob(image.config().digest())));
    String layer = place.blob(image.biggest().digest());
    nothing(place, who.get(mirror, layer));
    nothing(place, who.head(mirror, layer));
    nothing(place, who.range(mirror, layer, "bytes=0-99"));
    nothing(place, who.get(mirror, place.prefixed("blobs/" + image.biggest().digest())));
  }

  /** One blob, in the ways that there are for blobs. */
  void blob(Session who, URI mirror, Place place, Blob blob) throws IOException {
    nothing(place, who.get(mirror, place.blob(blob.digest())));
    nothing(place, who.head(mirror, place.blob(blob.digest())));
    nothing(place, who.range(mirror, place.blob(blob.digest()), "bytes=10-"));
    nothing(place, who.get(mirror, place.prefixed("blobs/" + blob.digest())));
  }

  /** A push, which no mirror takes, and no registry from somebody without the right. */
  void mount(Session who, URI server, Place place, Place from) throws IOException {
    for (Blob blob : image.blobs()) {
      String target =
          "/v2/"
              + place.repository()
              + "/blobs/uploads/?mount="
              + blob.digest()
              + "&from="
              + from.repository()
              + "&ns="
              + place.registry();
      Session.Got got =
          who.ask(
              server,
              RawClient.request("POST", target, Optional.empty())
                  .with("Content-Length", Optional.of("0")));
      asked++;
      run.check(got.status() >= 400, "a mount of " + blob.digest() + " was answered " + got);
    }
  }

  /** The answer gives nothing, but to the owner. */
  void nothing(Place place, Session.Got got) {
    if (ofOwner) {
      asked++;
      run.check(
          got.status() == 200 || got.status() == 206,
          place + " was answered " + got + " to its owner");
    } else {
      refused(place, got);
    }
  }

  /** The answer gives nothing. */
  private void refused(Place place, Session.Got got) {
    run.check(got.status() >= 400, place + " was answered " + got);
    run.check(
        got.head().first("Docker-Content-Digest").isEmpty(),
        place + " was answered a digest: " + got.head());
    noBytes(place, got);
  }

  /** The answer, whatever it is, gives nothing of the image. */
  void noBytes(Place place, Session.Got got) {
    asked++;
    run.check(!isPartOfImage(got.body()), place + " was answered a part of the image: " + got);
  }

  /** How many answers were looked at, so that a case that asks for nothing is seen. */
  void done() {
    run.check(asked > 0, "nothing was asked");
    run.figure(ofOwner ? "given" : "refused", asked);
  }

  private boolean isPartOfImage(byte[] body) {
    return body.length >= TELLING_BYTES
        && contents.stream().anyMatch(content -> contains(content, body));
  }

  private static boolean contains(byte[] content, byte[] part) {
    for (int start = 0; start <= content.length - part.length; start++) {
      int same = 0;
      while (same < part.length && content[start + same] == part[same]) {
        same++;
      }
      if (same == part.length) {
        return true;
      }
    }
    return false;
  }
}
