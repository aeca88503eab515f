package dev.tarn.server;

import dev.tarn.core.name.ImageReference;
import dev.tarn.core.name.Reference;
import dev.tarn.server.console.Json;
import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Asks a node's admin endpoint to forget tags, and tells what came of it: the other side of {@link
 * Invalidations}. Runs on the main thread of a process of its own.
 */
final class Invalidate {
  private final Asking node;
  private final PrintStream out;

  Invalidate(Asking node, PrintStream out) {
    this.node = node;
    this.out = out;
  }

  /** Whether a reference is one that can be forgotten; says why where it is not. */
  static boolean isTag(String reference, PrintStream err) {
    ImageReference image = ImageReference.parse(reference).orElse(null);
    if (image == null) {
      err.println(
          "tarn: not an image reference such as docker.io/library/nginx:1.27: " + reference);
      return false;
    }
    if (image.reference().orElse(null) instanceof Reference.ByDigest) {
      err.println("tarn: " + Invalidations.BY_DIGEST);
      return false;
    }
    return true;
  }

  /** Does it, and answers the exit status. */
  int run(String reference) {
    ImageReference image = ImageReference.parse(reference).orElseThrow();
    String query = URLEncoder.encode(image.toString(), StandardCharsets.UTF_8);
    return node.tell(
        "/api/v1/invalidate?reference=" + query, "reference", (_, said) -> show(image, said));
  }

  private int show(ImageReference image, Json said) {
    List<Json> tags = said.list("tags");
    if (tags.isEmpty()) {
      out.println("nothing was known of " + image);
      return ExitStatus.OK;
    }
    String repository = image.registry() + "/" + image.repository();
    for (Json tag : tags) {
      out.println(
          "forgot "
              + repository
              + ":"
              + tag.text("tag")
              + ", which named "
              + tag.text("digest")
              + " at "
              + tag.text("checked"));
    }
    long more = said.number("count") - tags.size();
    if (more > 0) {
      out.println("and " + more + " more");
    }
    return ExitStatus.OK;
  }
}
