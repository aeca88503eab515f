package dev.tarn.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.config.Configuration;
import dev.tarn.server.config.ConfigurationLoader;
import dev.tarn.server.testing.RawClient;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.Sample;
import dev.tarn.server.testing.ScriptedUpstream;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code tarn invalidate}, against a node. */
@Timeout(60)
class InvalidateCommandTest {
  private static final String TOKEN = "correct-horse-battery";
  private static final String APP = "example.com/library/app";
  private static final Sample OLD = Sample.manifest(1);
  private static final Sample NEW = Sample.manifest(2);

  @TempDir private Path directory;
  private final ScriptedUpstream upstream = ScriptedUpstream.start();
  private final CommandRun tarn = new CommandRun();
  private Path token;
  private Node node;

  @BeforeEach
  void start() throws IOException {
    token = Files.writeString(directory.resolve("token"), TOKEN + "\n");
    upstream
        .on(Sample.tagPath("v1.0.0"), OLD.reply())
        .on(Sample.tagPath("v2.0.0"), OLD.reply())
        .on(OLD.path(), OLD.reply())
        .on(NEW.path(), NEW.reply());
    node = Node.start(configuration("tokenFile: '" + token + "'"), "test");
  }

  @AfterEach
  void stop() {
    node.close();
    upstream.close();
  }

  private Configuration configuration(String admin) {
    String yaml =
        """
        registry: {listen: '127.0.0.1:0'}
        admin: {listen: '127.0.0.1:0', %s}
        store: {path: '%s', minFree: 0%%, reserveFree: 0%%}
        registries:
          example.com:
            upstreams: [{url: '%s'}]
            immutableTags: ["v*.*.*"]
          registry.example.org:
            upstreams: [{url: '%s'}]
        """
            .formatted(admin, directory.resolve("store"), upstream.url(), upstream.url());
    return ConfigurationLoader.parse(yaml, Map.of());
  }

  private byte[] pull(String tag) throws IOException {
    return RawClient.get(node.registryAddress(), Sample.tagUri(tag)).body();
  }

  private String admin() {
    return "http://127.0.0.1:" + node.adminAddress().getPort();
  }

  private int invalidate(String reference, String... more) {
    return invalidate(Map.of(), reference, more);
  }

  private int invalidate(Map<String, String> environment, String reference, String... more) {
    List<String> arguments = new ArrayList<>(List.of("invalidate", reference));
    arguments.addAll(List.of("--admin", admin()));
    arguments.addAll(List.of(more));
    return tarn.run(environment, arguments.toArray(String[]::new));
  }

  @Test
  void anImmutableTagThatMovedAllTheSameIsSeenAfterwards() throws IOException {
    assertThat(pull("v1.0.0")).isEqualTo(OLD.bytes());
    upstream.on(Sample.tagPath("v1.0.0"), NEW.reply());
    assertThat(pull("v1.0.0")).as("declared immutable").isEqualTo(OLD.bytes());

    assertThat(invalidate(APP + ":v1.0.0", "--token-file", token.toString())).isZero();

    assertThat(tarn.out())
        .startsWith("forgot " + APP + ":v1.0.0, which named " + OLD.digest() + " at 20")
        .hasLineCount(1);
    assertThat(tarn.err()).isEmpty();
    assertThat(pull("v1.0.0")).isEqualTo(NEW.bytes());
    assertThat(RawClient.get(node.adminAddress(), "/metrics").text())
        .contains("tarn_tags_invalidated_total{registry=\"example.com\"} 1");
  }

  @Test
  void withoutATagAllOfTheRepositoryAreForgotten() throws IOException {
    pull("v1.0.0");
    pull("v2.0.0");

    assertThat(invalidate(APP, "--token-file", token.toString())).isZero();
    assertThat(tarn.out())
        .contains("forgot " + APP + ":v1.0.0, ", "forgot " + APP + ":v2.0.0, ")
        .hasLineCount(2);

    tarn.forgetOut();
    assertThat(invalidate(APP, "--token-file", token.toString())).isZero();
    assertThat(tarn.out()).isEqualTo("nothing was known of " + APP + System.lineSeparator());
  }

  @Test
  void theTokenIsTakenFromWhereTheNodesConfigurationHasIt() throws IOException {
    pull("v1.0.0");
    Map<String, String> environment = Map.of("TARN_ADMIN_TOKEN_FILE", token.toString());
    assertThat(invalidate(environment, APP + ":v1.0.0")).isZero();
    assertThat(tarn.out()).startsWith("forgot ");
  }

  @Test
  void withoutTheTokenNothingIsDone() throws IOException {
    pull("v1.0.0");
    upstream.on(Sample.tagPath("v1.0.0"), NEW.reply());

    assertThat(invalidate(APP + ":v1.0.0")).isEqualTo(1);
    assertThat(tarn.err()).contains("show the token of admin.tokenFile", "--token-file");

    tarn.forgetErr();
    Path other = Files.writeString(directory.resolve("other"), "another-token-of-16");
    assertThat(invalidate(APP + ":v1.0.0", "--token-file", other.toString())).isEqualTo(1);
    assertThat(tarn.err()).contains("show the token").doesNotContain("another-token", TOKEN);

    tarn.forgetErr();
    String missing = directory.resolve("missing").toString();
    assertThat(invalidate(APP + ":v1.0.0", "--token-file", missing)).isEqualTo(1);
    assertThat(tarn.err()).contains("the token cannot be read", missing);

    tarn.forgetErr();
    Path words = Files.writeString(directory.resolve("words"), "s3cr3t\nX: y");
    assertThat(invalidate(APP + ":v1.0.0", "--token-file", words.toString())).isEqualTo(1);
    assertThat(tarn.err()).contains("more than one word").doesNotContain("s3cr3t");

    assertThat(tarn.out()).isEmpty();
    assertThat(pull("v1.0.0")).isEqualTo(OLD.bytes());
  }

  @Test
  void aNodeWithoutATokenSaysThatItIsSwitchedOff() throws IOException {
    node.close();
    node = Node.start(configuration("tokenFile: ''"), "test");

    assertThat(invalidate(APP + ":v1.0.0", "--token-file", token.toString())).isEqualTo(1);
    assertThat(tarn.err()).contains("this node has no token: set admin.tokenFile");
  }

  @Test
  void aRegistryThatIsNotMirroredIsNamedWithTheNearestThatIs() {
    assertThat(invalidate("exampel.com/app:v1", "--token-file", token.toString())).isEqualTo(1);
    assertThat(tarn.err()).contains("exampel.com is not mirrored here; did you mean example.com?");

    tarn.forgetErr();
    assertThat(invalidate("nginx:1.27", "--token-file", token.toString())).isEqualTo(1);
    assertThat(tarn.err())
        .contains("docker.io is not mirrored here; mirrored are ", "registry.example.org");
  }

  @Test
  void whatIsNoTagIsAUsageError() {
    String digest = APP + "@" + OLD.digest();
    assertThat(invalidate(digest, "--token-file", token.toString())).isEqualTo(2);
    assertThat(tarn.err()).contains("cannot be out of date");

    tarn.forgetErr();
    assertThat(invalidate("example.com/App", "--token-file", token.toString())).isEqualTo(2);
    assertThat(tarn.err()).contains("not an image reference", "example.com/App");

    assertThat(tarn.run("invalidate")).isEqualTo(2);
    assertThat(tarn.run("invalidate", APP, "--admin", "file:///etc/passwd")).isEqualTo(2);
    assertThat(tarn.run("invalidate", APP, "--admin", "127.0.0.1:5052")).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/"})
  void theAdminUrlMayEndInASlash(String end) throws IOException {
    pull("v1.0.0");
    assertThat(
            tarn.run("invalidate", APP, "--admin", admin() + end, "--token-file", token.toString()))
        .isZero();
  }

  @Test
  void aNodeThatIsNotThereIsAFailure() throws IOException {
    String gone;
    try (ServerSocket taken = new ServerSocket(0)) {
      gone = "http://127.0.0.1:" + taken.getLocalPort();
    }
    assertThat(tarn.run("invalidate", APP, "--admin", gone)).isEqualTo(1);
    assertThat(tarn.err()).contains(gone);
  }

  @Test
  void whatAnswersButIsNoNodeIsAFailure() {
    assertThat(tarn.run("invalidate", APP, "--admin", upstream.url())).isEqualTo(1);
    assertThat(tarn.err()).contains("answered 404");

    tarn.forgetErr();
    upstream.on("/api/v1/invalidate", Reply.json("{}"));
    assertThat(tarn.run("invalidate", APP, "--admin", upstream.url())).isEqualTo(1);
    assertThat(tarn.err()).contains("answered 200");
  }

  @Test
  void helpTellsWhatItDoesAndItsExitStatuses() {
    assertThat(tarn.run("invalidate", "--help")).isZero();
    assertThat(tarn.out())
        .contains("REFERENCE", "--admin", "http://127.0.0.1:5052", "--token-file", "Exit status")
        .contains("One", "node", "TARN_ADMIN_TOKEN_FILE");
    tarn.forgetOut();
    assertThat(tarn.run("--help")).isZero();
    assertThat(tarn.out()).contains("invalidate");
  }
}
