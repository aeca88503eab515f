package dev.tarn.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.config.ConfigurationLoader;
import dev.tarn.server.testing.RawClient;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.Sample;
import dev.tarn.server.testing.ScriptedUpstream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code tarn status}, {@code images} and {@code transfers}. */
@Timeout(60)
class OperatorCommandsTest {
  private static final Sample MANIFEST = Sample.manifest(1);

  @TempDir private Path directory;
  private final ScriptedUpstream server = ScriptedUpstream.start();
  private final CommandRun tarn = new CommandRun();

  @AfterEach
  void stop() {
    server.close();
  }

  /** The example of that kind on the API's page. */
  private static String example(String kind) throws IOException {
    Matcher block =
        Pattern.compile("```json " + kind + "\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("../docs/api.md")));
    assertThat(block.find()).as(kind).isTrue();
    return block.group(1);
  }

  private ScriptedUpstream answers(String kind) throws IOException {
    return server.on("/api/v1/" + kind, Reply.json(example(kind)));
  }

  private int run(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--admin", server.url()));
    return tarn.run(all.toArray(String[]::new));
  }

  private Node node() throws IOException {
    server.on(Sample.tagPath("v1"), MANIFEST.reply()).on(MANIFEST.path(), MANIFEST.reply());
    String yaml =
        """
        registry: {listen: '127.0.0.1:0'}
        admin: {listen: '127.0.0.1:0'}
        store: {path: '%s', minFree: 0%%, reserveFree: 0%%}
        shutdown: {drainTimeout: 0s}
        registries: {example.com: {upstreams: [{url: '%s'}]}}
        """
            .formatted(directory.resolve("store"), server.url());
    return Node.start(ConfigurationLoader.parse(yaml, Map.of()), "1.2.3");
  }

  @Test
  void ofANodeTheFirstWordIsWhetherItIsFine() throws IOException {
    try (Node node = node()) {
      assertThat(RawClient.get(node.registryAddress(), Sample.tagUri("v1")).status())
          .isEqualTo(200);
      String admin = "http://127.0.0.1:" + node.adminAddress().getPort();

      int status = tarn.run("status", "--admin", admin);
      assertThat(tarn.err()).isEmpty();
      assertThat(tarn.out())
          .startsWith("Fine: ")
          .contains("tarn 1.2.3, up ")
          .containsPattern("since start +0 % of 1 were here")
          .containsPattern("registries +example\\.com: well, answered 200 at 20")
          .containsPattern("members +this node is alone")
          .containsPattern("agent +none is set up");
      assertThat(status).isZero();

      tarn.forgetOut();
      assertThat(tarn.run("status", "-o", "json", "--admin", admin)).isZero();
      assertThat(tarn.out()).startsWith("{").endsWith("}\n").contains("\"version\":\"1.2.3\"");
    }
  }

  @Test
  void theAddressOfThePodsNodeIsKnownByItsEnvironment() throws IOException {
    try (Node node = node()) {
      String listen = "[127.0.0.1]:" + node.adminAddress().getPort();
      assertThat(tarn.run(Map.of("TARN_ADMIN_LISTEN", listen), "status")).isZero();
      assertThat(tarn.out()).startsWith("Fine: ");
    }
  }

  @Test
  void theUsualConfigurationTellsWhereTheNodeIsAndItsToken() throws IOException {
    Path token = Files.writeString(directory.resolve("token"), "a-token-of-many-letters");
    Path file =
        Files.writeString(
            directory.resolve("tarn.yaml"),
            "admin: {listen: '0.0.0.0:7', tokenFile: '" + token + "'}");
    CommandContext context =
        new CommandContext(
            Map.of(), System.out, System.err, List.of(directory.resolve("none"), file));

    LocalConfiguration local = LocalConfiguration.read(Optional.empty(), context);
    assertThat(local.admin()).hasToString("http://127.0.0.1:7");
    assertThat(new AdminOptions().client(local, context).hasToken()).isTrue();
  }

  @Test
  void whatIsWrongIsSaidWithItsFix() throws IOException {
    answers("status");
    assertThat(run("status")).isEqualTo(ExitStatus.ATTENTION);
    assertThat(tarn.out())
        .startsWith("Needs attention: node-1 in zone-a, tarn 0.1.0, up 1 d 2 h")
        .contains("attention  docker.io limits how much this node may ask: 0 requests remain.")
        .contains("fix   Give docker.io credentials")
        .contains("more  docs/operations.md#upstream-rate-limited")
        .contains("96 % of 134 were here, 1.0 GiB served, 1.0 MiB from upstream, 1.0 GiB saved")
        .contains("40.0 GiB of 80.0 GiB, 100.0 GiB of 200.0 GiB free")
        .contains("docker.io: limited, answered 429 at 2026-11-23T15:04:01Z, 0 requests remain")
        .contains("quay.io: quiet")
        .contains("2 of 3 ready (node-3 not ready), by kubernetes 12 s ago")
        .contains("effective, 7 entries, heard of 2 s ago");
  }

  @Test
  void ofAClusterEveryMemberHasALine() throws IOException {
    answers("cluster");
    assertThat(run("status", "--cluster")).isEqualTo(ExitStatus.TROUBLE);
    assertThat(tarn.out())
        .startsWith("In trouble: 2 of 3 nodes answered node-1")
        .contains("on    1 node: node-2", "containerd on this node pulls")
        .containsPattern("last hour +98 % of requests were here")
        .containsPattern("on its way +2 blobs and manifests, 1\\.0 MiB of 3\\.3 MiB, 512\\.0 KiB/s")
        .containsPattern("docker\\.io +failing for 0, limited for 1, well for 1: node-2")
        .containsPattern(
            "node-1 +zone-a +ready +fine +96 % +1\\.0 GiB +40\\.0 GiB of 80\\.0 GiB +0 +effective")
        .containsPattern("node-3 +zone-b +not ready +did not answer");
  }

  @ParameterizedTest
  @CsvSource({"fine, 0", "attention, 3", "trouble, 4", "catastrophe, 4"})
  void theVerdictIsTheExitStatus(String verdict, int status) {
    server.on("/api/v1/status", Reply.json("{\"verdict\":\"" + verdict + "\"}"));
    assertThat(run("status", "-o", "json")).isEqualTo(status);
    assertThat(run("status")).isEqualTo(status);
  }

  @Test
  void whatANodeSaysCannotSteerATerminal() {
    server.on("/api/v1/status", Reply.json("{\"verdict\":\"fine\",\"node\":\"a\\u001b[2Jb\"}"));
    assertThat(run("status")).isZero();
    assertThat(tarn.out()).startsWith("Fine: a?[2Jb").doesNotContain("\u001b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"status", "images", "transfers"})
  void whatAnswersButIsNoNodeIsAFailure(String command) {
    assertThat(run(command)).isEqualTo(1);
    assertThat(tarn.err()).contains("answered 404: is it a node of this version?");
    assertThat(tarn.run(command, "--admin", "127.0.0.1:5052")).isEqualTo(2);
  }

  @Test
  void imagesAreListedForWhoeverShowsTheToken() throws IOException {
    answers("images");
    Path token = Files.writeString(directory.resolve("token"), "correct-horse-battery\n");
    assertThat(run("images", "--tags", "--token-file", token.toString())).isZero();
    assertThat(server.requests("/api/v1/images").getFirst().header("Authorization"))
        .contains("Bearer correct-horse-battery");
    assertThat(tarn.out())
        .containsPattern(
            "docker\\.io/library/alpine +3\\.3 MiB +4 +12 +9\\.8 MiB +2026-11-23T15:03:59Z")
        .containsPattern("docker\\.io/library/alpine:3\\.22 +sha256:4b7ce0[0-9a-f]+ +2026");
  }

  @Test
  void withoutTheTokenItIsSaidHowToShowIt() {
    server.on("/api/v1/images", Reply.status(401));
    assertThat(run("images")).isEqualTo(1);
    assertThat(tarn.err()).contains("--token-file");
  }

  @Test
  void transfersHaveABarEach() throws IOException {
    answers("transfers");
    assertThat(run("transfers")).isZero();
    assertThat(tarn.out())
        .isEqualTo(
            "docker.io/library/alpine sha256:9a839e63dad5  blob  [######..............]  30%"
                + "  1.0 MiB of 3.3 MiB  peer  512.0 KiB/s  2 s  1 reader\n");

    tarn.forgetOut();
    server.on("/api/v1/transfers", Reply.json("{\"total\":0,\"transfers\":[]}"));
    assertThat(run("transfers")).isZero();
    assertThat(tarn.out()).isEqualTo("Nothing is on its way here.\n");
  }

  @Test
  void aWatchGoesOnUntilTheNodeGoesAway() throws IOException {
    Reply one = Reply.json(example("transfers"));
    server.on("/api/v1/transfers", one, one, one, Reply.status(503));
    assertThat(run("transfers", "--watch", "--interval", "1ms")).isEqualTo(1);
    assertThat(tarn.out()).hasLineCount(3);
  }

  @Test
  void aSizeThatIsNotKnownHasNoShare() {
    server.on(
        "/api/v1/transfers",
        Reply.json(
            """
            {"total": 5, "transfers": [{"registry": "docker.io", "repository": null, "digest": "sha256:9a839e63dad5",
             "kind": "blob", "sizeBytes": null, "receivedBytes": 7, "source": null, "seconds": 0, "bytesPerSecond": 0,
             "readers": 2}]}"""));
    assertThat(run("transfers")).isZero();
    assertThat(tarn.out())
        .contains("docker.io sha256:9a839e63dad5  blob  [????????????????????]    ?  7 B  -  0 B/s")
        .contains("2 readers", "and 4 more");
  }
}
