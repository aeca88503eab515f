package dev.tarn.server;

import dev.tarn.server.console.Json;
import dev.tarn.server.console.Quantity;
import dev.tarn.server.console.Table;
import java.io.PrintStream;
import java.util.List;

/** What {@code tarn images} prints. */
final class ImagesText {
  private final PrintStream out;
  private final boolean tags;

  ImagesText(PrintStream out, boolean tags) {
    this.out = out;
    this.tags = tags;
  }

  void print(Json images) {
    List<Json> listed = images.list("images");
    if (listed.isEmpty()) {
      out.println("The node holds no images.");
      return;
    }
    Table table =
        new Table().row("REPOSITORY", "SIZE", "BLOBS", "REQUESTS", "SERVED", "LAST REQUEST");
    for (Json image : listed) {
      String name = image.text("registry") + "/" + image.text("repository");
      table.row(
          name,
          Quantity.bytes(image.number("bytes")),
          Long.toString(image.number("blobs")),
          Long.toString(image.number("requests")),
          Quantity.bytes(image.number("servedBytes")),
          image.text("lastRequest").isEmpty() ? "-" : image.text("lastRequest"));
    }
    table.lines().forEach(out::println);
    if (tags) {
      printTags(listed);
    }
    long more = images.number("total") - listed.size();
    if (more > 0) {
      out.println("and " + more + " more");
    }
  }

  private void printTags(List<Json> listed) {
    Table table = new Table().row("TAG", "DIGEST", "CHECKED");
    for (Json image : listed) {
      for (Json tag : image.list("tags")) {
        table.row(
            image.text("registry") + "/" + image.text("repository") + ":" + tag.text("tag"),
            tag.text("digest"),
            tag.text("checked"));
      }
    }
    out.println();
    table.lines().forEach(out::println);
  }
}
