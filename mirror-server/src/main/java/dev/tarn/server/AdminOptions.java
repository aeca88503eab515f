package dev.tarn.server;

import dev.tarn.server.console.AdminClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which node a command asks, and by which token; picocli fills it in. */
final class AdminOptions {
  @Option(
      names = "--admin",
      paramLabel = "URL",
      description = {
        "The node's admin endpoint, such as",
        "http://127.0.0.1:5052, which it is by default unless the node's configuration or"
            + " TARN_ADMIN_LISTEN says otherwise. The token goes there in the clear: keep to the"
            + " node itself, or to a forwarded port."
      })
  private @Nullable URI admin;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = {
        "The file that admin.tokenFile names; by default the one in TARN_ADMIN_TOKEN_FILE, or,",
        "without --admin, the one that the node's configuration names."
      })
  private @Nullable Path tokenFile;

  /**
   * Asks nothing yet.
   *
   * @throws IllegalArgumentException where {@code --admin} is no URL
   * @throws IOException where the token cannot be read
   */
  AdminClient client(LocalConfiguration local, CommandContext context) throws IOException {
    Optional<Path> named =
        Optional.ofNullable(tokenFile)
            .or(
                () ->
                    Optional.ofNullable(context.environment().get(AdminClient.TOKEN_FILE))
                        .filter(path -> !path.isEmpty())
                        .map(Path::of));
    return admin == null
        // Whose token it is, is known.
        ? AdminClient.of(
            local.admin(),
            named.or(() -> local.configuration().admin().tokenFile().filter(Files::isReadable)))
        : AdminClient.of(admin, named);
  }

  /** The same, without a token. */
  AdminClient withoutToken(LocalConfiguration local) throws IOException {
    return AdminClient.of(admin == null ? local.admin() : admin, Optional.empty());
  }
}
