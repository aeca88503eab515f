package dev.tarn.agent.hosts;

/**
 * Which directories had to be made for a file.
 *
 * @param directory the registry's
 * @param root the one above it
 */
public record Made(boolean directory, boolean root) {
  public static final Made NOTHING = new Made(false, false);

  String text() {
    if (root) {
      return "root";
    }
    return directory ? "directory" : "nothing";
  }

  static Made parse(String text) {
    return switch (text) {
      case "root" -> new Made(true, true);
      case "directory" -> new Made(true, false);
      default -> NOTHING;
    };
  }
}
