package dev.tarn.agent;

/** The entry point of the sidecar. It does nothing yet, and says so. */
public final class Main {
  private static final String HELP =
      """
      containerd-config-agent: writes containerd's hosts.toml for the chosen registries.

      This release does not contain it yet: it does nothing, and exits with status 64.
      docs/install.md shows how to write hosts.toml by hand.
      """;

  private Main() {}

  public static void main(String[] arguments) {
    boolean help = arguments.length == 1 && arguments[0].equals("--help");
    System.out.print(HELP);
    System.exit(help ? 0 : 64);
  }
}
