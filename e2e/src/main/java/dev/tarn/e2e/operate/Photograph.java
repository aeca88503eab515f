package dev.tarn.e2e.operate;

import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.page.Chromium;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Tools;
import dev.tarn.e2e.process.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A picture of a page without a script, by a Chromium that lives for it alone. */
final class Photograph {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private Photograph() {}

  /** Takes one of a page in a file, from its top; PNG. */
  static byte[] of(Workspace workspace, Path page, int width, int height) throws IOException {
    Path home = workspace.makeDirectory("browser");
    Path picture = home.resolve(page.getFileName() + ".png");
    List<String> command = new ArrayList<>();
    command.add(Tools.onPath("chromium").orElseThrow().toString());
    command.addAll(Chromium.options(home));
    command.add("--window-size=" + width + "," + height);
    command.add("--screenshot=" + picture);
    command.add(page.toUri().toString());
    Map<String, String> environment = Map.of("HOME", home.toString(), "TMPDIR", home.toString());
    Child.Finished finished =
        Child.run("chromium", workspace.directory(), environment, command, LIMIT).orFail();
    if (!Files.exists(picture)) {
      throw new CaseFailed("no picture of " + page + ": " + finished.output());
    }
    return Files.readAllBytes(picture);
  }
}
