package dev.tarn.server;

import dev.tarn.server.console.AdminClient;
import dev.tarn.server.console.Http;
import dev.tarn.server.console.Json;
import java.io.IOException;
import java.io.PrintStream;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.ToIntBiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Asks a node for what a command shows, and says what came of it where that is nothing. Not
 * thread-safe.
 */
final class Asking {
  private final PrintStream err;
  private final @Nullable AdminClient admin;
  private final int status;

  private Asking(PrintStream err, @Nullable AdminClient admin, int status) {
    this.err = err;
    this.admin = admin;
    this.status = status;
  }

  /** Asks nothing yet; says where it cannot. */
  static Asking of(AdminOptions options, CommandContext context) {
    try {
      LocalConfiguration local = LocalConfiguration.read(Optional.empty(), context);
      return new Asking(context.err(), options.client(local, context), ExitStatus.OK);
    } catch (IllegalArgumentException e) {
      context.err().println("tarn: " + e.getMessage());
      return new Asking(context.err(), null, ExitStatus.USAGE);
    } catch (IOException e) {
      context.err().println("tarn: " + e.getMessage());
      return new Asking(context.err(), null, ExitStatus.FAILURE);
    }
  }

  /**
   * Asks, and answers the exit status.
   *
   * @param expected a field that such an answer has: something else may answer there
   * @param shown what is done with the answer
   */
  int ask(String path, String expected, ToIntBiFunction<Http.Answer, Json> shown) {
    return send(client -> client.get(path), expected, shown);
  }

  /** The same, by a POST. */
  int tell(String path, String expected, ToIntBiFunction<Http.Answer, Json> shown) {
    return send(client -> client.post(path), expected, shown);
  }

  private interface Exchange {
    Http.Answer with(AdminClient client) throws IOException;
  }

  private int send(Exchange exchange, String expected, ToIntBiFunction<Http.Answer, Json> shown) {
    AdminClient client = admin;
    if (client == null) {
      return status;
    }
    try {
      Http.Answer answer = exchange.with(client);
      Json said = Json.parse(answer.body());
      return answer.status() == HttpURLConnection.HTTP_OK && said.at(expected).isThere()
          ? shown.applyAsInt(answer, said)
          : refused(client, answer, said);
    } catch (IOException e) {
      err.println("tarn: " + client.base() + ": " + e);
      return ExitStatus.FAILURE;
    }
  }

  private int refused(AdminClient client, Http.Answer answer, Json said) {
    String message = said.text("message");
    err.println(
        message.isEmpty()
            ? "tarn: "
                + client.base()
                + " answered "
                + answer.status()
                + ": is it a node of this version?"
            : "tarn: " + message);
    if (answer.status() == HttpURLConnection.HTTP_UNAUTHORIZED && !client.hasToken()) {
      err.println("tarn: name its file with --token-file");
    }
    return ExitStatus.FAILURE;
  }

  /** Prints an answer as it came. */
  static void copy(Http.Answer answer, PrintStream out) {
    String text = new String(answer.body(), StandardCharsets.UTF_8);
    out.print(text.endsWith("\n") ? text : text + "\n");
  }
}
