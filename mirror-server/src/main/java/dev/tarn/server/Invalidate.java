package dev.tarn.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.tarn.core.name.ImageReference;
import dev.tarn.core.name.Reference;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import java.net.Proxy;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Asks a node's admin endpoint to forget tags, and tells what came of it: the other side of {@link
 * Invalidations}. Runs on the main thread of a process of its own.
 */
final class Invalidate {
  static final String TOKEN_FILE = "TARN_ADMIN_TOKEN_FILE";

  private static final int CONNECT_TIMEOUT_MILLIS = (int) Duration.ofSeconds(3).toMillis();
  private static final int READ_TIMEOUT_MILLIS = (int) Duration.ofSeconds(60).toMillis();
  private static final int MAX_ANSWER_BYTES = 4 << 20;
  private static final JsonFactory JSON = new JsonFactory();

  private final URI admin;
  private final Optional<Path> tokenFile;
  private final PrintStream out;
  private final PrintStream err;

  /** What the endpoint said: texts by name, and the tags that it had known. */
  private record Answer(int status, Map<String, String> texts, List<Map<String, String>> tags) {
    private static Answer empty(int status) {
      return new Answer(status, new HashMap<>(), new ArrayList<>());
    }

    private String text(String name) {
      return texts.getOrDefault(name, "");
    }
  }

  Invalidate(URI admin, Optional<Path> tokenFile, PrintStream out, PrintStream err) {
    this.admin = admin;
    this.tokenFile = tokenFile;
    this.out = out;
    this.err = err;
  }

  /** Does it, and answers the exit status. */
  int run(String reference) {
    Optional<ImageReference> image = ImageReference.parse(reference);
    if (image.isEmpty()) {
      err.println(
          "tarn: not an image reference such as docker.io/library/nginx:1.27: " + reference);
      return ExitStatus.USAGE;
    }
    if (image.get().reference().orElse(null) instanceof Reference.ByDigest) {
      err.println("tarn: " + Invalidations.BY_DIGEST);
      return ExitStatus.USAGE;
    }
    Optional<String> token;
    try {
      token = tokenFile.isPresent() ? Optional.of(token(tokenFile.get())) : Optional.empty();
    } catch (IOException e) {
      err.println("tarn: the token cannot be read: " + e);
      return ExitStatus.FAILURE;
    }
    try {
      return tell(image.get(), ask(image.get(), token));
    } catch (MalformedURLException | URISyntaxException | IllegalArgumentException _) {
      err.println("tarn: --admin is not a URL such as http://127.0.0.1:5052: " + admin);
      return ExitStatus.USAGE;
    } catch (IOException e) {
      err.println("tarn: " + admin + ": " + e);
      return ExitStatus.FAILURE;
    }
  }

  private int tell(ImageReference image, Answer answer) {
    // Something else may answer there, with a 200 to whatever it is asked.
    if (answer.status() != HttpURLConnection.HTTP_OK || answer.text("reference").isEmpty()) {
      String message = answer.text("message");
      err.println(
          message.isEmpty()
              ? "tarn: "
                  + admin
                  + " answered "
                  + answer.status()
                  + ": is it a node of this version?"
              : "tarn: " + message);
      if (answer.status() == HttpURLConnection.HTTP_UNAUTHORIZED && tokenFile.isEmpty()) {
        err.println("tarn: name its file with --token-file");
      }
      return ExitStatus.FAILURE;
    }
    if (answer.tags().isEmpty()) {
      out.println("nothing was known of " + image);
      return ExitStatus.OK;
    }
    String repository = image.registry() + "/" + image.repository();
    for (Map<String, String> tag : answer.tags()) {
      out.println(
          "forgot "
              + repository
              + ":"
              + tag.get("tag")
              + ", which named "
              + tag.get("digest")
              + " at "
              + tag.get("checked"));
    }
    long more = count(answer) - answer.tags().size();
    if (more > 0) {
      out.println("and " + more + " more");
    }
    return ExitStatus.OK;
  }

  private static long count(Answer answer) {
    try {
      return Long.parseLong(answer.text("count"));
    } catch (NumberFormatException _) {
      return 0;
    }
  }

  private Answer ask(ImageReference image, Optional<String> token)
      throws IOException, URISyntaxException {
    String base = admin.toString().replaceFirst("/+$", "");
    String query = URLEncoder.encode(image.toString(), StandardCharsets.UTF_8);
    URI target = new URI(base + "/api/v1/invalidate?reference=" + query);
    if (!(target.toURL().openConnection(Proxy.NO_PROXY) instanceof HttpURLConnection connection)) {
      throw new MalformedURLException("not HTTP");
    }
    connection.setConnectTimeout(CONNECT_TIMEOUT_MILLIS);
    connection.setReadTimeout(READ_TIMEOUT_MILLIS);
    connection.setInstanceFollowRedirects(false);
    connection.setRequestMethod("POST");
    token.ifPresent(shown -> connection.setRequestProperty("Authorization", "Bearer " + shown));
    connection.setDoOutput(true);
    try (OutputStream body = connection.getOutputStream()) {
      body.flush();
    }
    int status = connection.getResponseCode();
    try (InputStream in = body(connection, status)) {
      return in == null ? Answer.empty(status) : parse(status, in.readNBytes(MAX_ANSWER_BYTES));
    } finally {
      connection.disconnect();
    }
  }

  private static @Nullable InputStream body(HttpURLConnection connection, int status)
      throws IOException {
    return status < HttpURLConnection.HTTP_BAD_REQUEST
        ? connection.getInputStream()
        : connection.getErrorStream();
  }

  private static String token(Path file) throws IOException {
    String token = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
    if (!token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      // Said here, because the HTTP client would repeat it.
      throw new IOException(file + " holds more than one word of ASCII");
    }
    return token;
  }

  /** Whatever is not as expected is passed over: then there is a status, and no message. */
  private static Answer parse(int status, byte[] bytes) {
    Answer answer = Answer.empty(status);
    try (JsonParser json = JSON.createParser(bytes)) {
      if (json.nextToken() == JsonToken.START_OBJECT) {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
          String name = json.currentName();
          JsonToken value = json.nextToken();
          if (name.equals("tags") && value == JsonToken.START_ARRAY) {
            while (json.nextToken() == JsonToken.START_OBJECT) {
              answer.tags().add(texts(json));
            }
          } else if (value.isScalarValue()) {
            answer.texts().put(name, json.getText());
          } else {
            json.skipChildren();
          }
        }
      }
    } catch (IOException _) {
      return Answer.empty(status);
    }
    return answer;
  }

  private static Map<String, String> texts(JsonParser json) throws IOException {
    Map<String, String> texts = new HashMap<>();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      if (json.nextToken().isScalarValue()) {
        texts.put(name, json.getText());
      } else {
        json.skipChildren();
      }
    }
    return texts;
  }
}
