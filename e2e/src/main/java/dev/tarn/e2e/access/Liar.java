package dev.tarn.e2e.access;

import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.image.Image;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A registry that is configured beside the others and claims to hold what they hold: it answers 200
 * to whoever asks for an image by digest, or for any tag, with the right size and the right digest.
 * The bytes it does not have: it sends zeros.
 */
final class Liar implements AutoCloseable {
  static final String REGISTRY = "liar.test";
  private static final Pattern OBJECT = Pattern.compile("/(manifests|blobs)/([^/?]+)");

  private final Trap server;
  private final Map<String, Blob> claimed;

  private Liar(Trap server, Map<String, Blob> claimed) {
    this.server = server;
    this.claimed = claimed;
  }

  static Liar start() throws IOException {
    Map<String, Blob> claimed = new ConcurrentHashMap<>();
    return new Liar(
        Trap.start(InetAddress.getLoopbackAddress(), seen -> answer(seen, claimed)), claimed);
  }

  private static Trap.Answer answer(Trap.Seen seen, Map<String, Blob> claimed) {
    Matcher object = OBJECT.matcher(seen.target());
    Blob blob = object.find() ? claimed.get(object.group(2)) : null;
    if (blob == null) {
      return Trap.Answer.empty(404);
    }
    return new Trap.Answer(
        200,
        Map.of("Content-Type", blob.mediaType(), "Docker-Content-Digest", blob.digest()),
        new byte[(int) blob.size()]);
  }

  URI uri() {
    return server.uri();
  }

  /** From now on it says that it has the image, and that the tag names it. */
  void claim(String tag, Image image) {
    claimed.put(tag, image.manifest());
    claimed.put(image.manifest().digest(), image.manifest());
    for (Blob blob : image.blobs()) {
      claimed.put(blob.digest(), blob);
    }
  }

  /** What it was asked. */
  List<Trap.Seen> seen() {
    return server.seen();
  }

  @Override
  public void close() {
    server.close();
  }
}
