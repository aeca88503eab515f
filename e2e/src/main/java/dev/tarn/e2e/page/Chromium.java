package dev.tarn.e2e.page;

import dev.tarn.e2e.run.Need;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How a Chromium is started: without a screen, with a profile of its own that begins empty, drawing
 * the same on every machine. It knows no proxy and asks nobody of its own accord.
 */
public final class Chromium {
  private Chromium() {}

  /** It has to be there. */
  public static Need need() {
    return Need.debian("chromium", "chromium");
  }

  /**
   * Its options.
   *
   * @param home where its profile goes
   */
  public static List<String> options(Path home) {
    List<String> options =
        new ArrayList<>(
            List.of(
                "--headless=new",
                "--disable-gpu",
                "--disable-quic",
                "--disable-sync",
                "--disable-background-networking",
                "--disable-component-update",
                "--no-first-run",
                "--no-proxy-server",
                "--hide-scrollbars",
                "--force-color-profile=srgb",
                "--font-render-hinting=none",
                "--lang=en-GB",
                "--user-data-dir=" + home.resolve("profile")));
    if ("root".equals(System.getProperty("user.name"))) {
      // Chromium has no sandbox for root.
      options.add("--no-sandbox");
    }
    return List.copyOf(options);
  }
}
