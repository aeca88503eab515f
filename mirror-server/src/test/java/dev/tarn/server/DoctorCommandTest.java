package dev.tarn.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.store.FileSystemSpace;
import dev.tarn.server.config.Configuration;
import dev.tarn.server.config.ConfigurationLoader;
import dev.tarn.server.console.AdminClient;
import dev.tarn.server.console.Figures;
import dev.tarn.server.doctor.Doctor;
import dev.tarn.server.doctor.Finding;
import dev.tarn.server.doctor.Report;
import dev.tarn.server.doctor.Scene;
import dev.tarn.server.doctor.Severity;
import dev.tarn.server.testing.Certificates;
import dev.tarn.server.testing.RawClient;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.Sample;
import dev.tarn.server.testing.ScriptedAgent;
import dev.tarn.server.testing.ScriptedUpstream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code tarn doctor}, at the bed of nodes with one fault each. */
@Timeout(60)
class DoctorCommandTest {
  private static final String IMAGE = "example.com/library/app:v1";
  private static final Sample CONFIGURATION = Sample.blob(1, 300);
  private static final Sample LAYER = Sample.blob(2, 70_000);
  private static final Sample LARGE_LAYER = Sample.blob(3, 200_000);
  private static final byte[] MANIFEST =
      """
      {"schemaVersion":2,"config":{"digest":"%s","size":300},
       "layers":[{"digest":"%s","size":200000},{"digest":"%s","size":70000}]}"""
          .formatted(CONFIGURATION.digest(), LARGE_LAYER.digest(), LAYER.digest())
          .getBytes(StandardCharsets.UTF_8);
  private static final byte[] INDEX =
      """
      {"schemaVersion":2,"manifests":[{"digest":"%s","platform":{"os":"linux","architecture":"none"}}]}"""
          .formatted(Digest.sha256(MANIFEST))
          .getBytes(StandardCharsets.UTF_8);

  @TempDir private Path directory;
  private final ScriptedUpstream upstream = ScriptedUpstream.start();
  private final CommandRun tarn = new CommandRun();
  private final List<Node> nodes = new ArrayList<>();
  private Path shared;
  private Path file;

  @BeforeEach
  void fillUpstream() throws IOException {
    shared = Files.createDirectory(directory.resolve("shared"));
    upstream
        .on("/v2/", Reply.json("{}"))
        .on(Sample.tagPath("v1"), Reply.manifest("application/vnd.oci.image.index.v1+json", INDEX))
        .on(manifestPath(INDEX), Reply.manifest("application/vnd.oci.image.index.v1+json", INDEX))
        .on(manifestPath(MANIFEST), Reply.manifest(Sample.MANIFEST_TYPE, MANIFEST))
        .on(CONFIGURATION.path(), CONFIGURATION.reply())
        .on(LAYER.path(), LAYER.reply());
    file = configuration("");
  }

  @AfterEach
  void stop() {
    nodes.forEach(Node::close);
    upstream.close();
  }

  private static String manifestPath(byte[] manifest) {
    return Sample.REPOSITORY + "manifests/" + Digest.sha256(manifest);
  }

  private Path configuration(String more) throws IOException {
    return Files.writeString(
        directory.resolve("tarn.yaml"),
        """
        registry: {listen: '127.0.0.1:0'}
        admin: {listen: '127.0.0.1:0'}
        store: {path: '%s', minFree: 0%%, reserveFree: 0%%}
        upstream: {retries: 0}
        shutdown: {agentTimeout: 0s, drainTimeout: 0s}
        registries: {example.com: {upstreams: [{url: '%s'}]}}
        %s
        """
            .formatted(Files.createDirectories(directory.resolve("store")), upstream.url(), more));
  }

  private Node start() throws IOException {
    Node node = Node.start(ConfigurationLoader.load(file, Map.of()), "development");
    nodes.add(node);
    return node;
  }

  private static String at(InetSocketAddress address) {
    return "http://127.0.0.1:" + address.getPort();
  }

  private static String free() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "http://127.0.0.1:" + socket.getLocalPort();
    }
  }

  private int doctor(Node node, String... more) throws IOException {
    return doctor(at(node.adminAddress()), at(node.registryAddress()), more);
  }

  private int doctor(String admin, String registry, String... more) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("doctor", "--config", file.toString()));
    arguments.addAll(List.of("--admin", admin, "--registry", registry));
    arguments.addAll(List.of(more));
    if (!arguments.contains("--agent")) {
      arguments.addAll(List.of("--agent", free()));
    }
    return tarn.run(arguments.toArray(String[]::new));
  }

  @Test
  void ofAHealthyNodeAPullIsShownHopByHop() throws IOException {
    int status = doctor(start(), "--image", IMAGE);

    assertThat(tarn.err()).isEmpty();
    assertThat(tarn.out())
        .startsWith("Fine: nothing is wrong.")
        .contains("ok         The configuration is valid")
        .contains("ok         tarn development is ready at http://127.0.0.1:")
        .contains("ok         The registry endpoint answers")
        .contains("ok         example.com answers (200).")
        .contains("ok         " + IMAGE + " was pulled through this node, for which upstream was")
        .containsPattern("HEAD +tag v1 +200 +upstream")
        .containsPattern("GET +manifest +200 +upstream")
        .containsPattern("GET +manifest of a platform +200 +upstream")
        .containsPattern("GET +configuration +200 +upstream +300 B")
        .containsPattern("GET +smallest layer +200 +upstream +68\\.4 KiB")
        .containsPattern("GET +configuration, again +200 +(disk|transfer)");
    assertThat(status).isZero();
    assertThat(upstream.requests(LARGE_LAYER.path())).as("no more than a look").isEmpty();
  }

  @Test
  void withoutAnImageNothingIsPulled() throws IOException {
    assertThat(doctor(start())).isZero();
    assertThat(tarn.out()).contains("note       Nothing was pulled: name an image with --image.");
    assertThat(upstream.requests(Sample.tagPath("v1"))).isEmpty();
  }

  @Test
  void aRegistryThatIsAwayIsNamedWithTheReason() throws IOException {
    Node node = start();
    assertThat(doctor(node, "--image", IMAGE)).isZero();
    tarn.forgetOut();
    upstream.close();

    assertThat(doctor(node, "--image", IMAGE)).isEqualTo(ExitStatus.TROUBLE);
    assertThat(tarn.out())
        .startsWith("In trouble: ")
        .contains("trouble    example.com does not answer: the tag is what it was")
        .contains("Upstream, as the node sees it: no connection came about.")
        .containsPattern("HEAD +tag v1 +200 +stale");
  }

  @Test
  void aRegistryThatWasNeverThereBreaksThePull() throws IOException {
    upstream.close();
    assertThat(doctor(start(), "--image", IMAGE)).isEqualTo(ExitStatus.TROUBLE);
    assertThat(tarn.out())
        .contains(IMAGE + " cannot be pulled through this node.")
        .contains("no connection came about", "DNS, routes, firewall");
  }

  @Test
  void aRegistryThatIsAwayIsFoundWithoutAPull() throws IOException {
    upstream.close();
    assertThat(doctor(start())).isEqualTo(ExitStatus.TROUBLE);
    assertThat(tarn.out())
        .contains("trouble    example.com does not answer.")
        .contains("seen  GET " + upstream.url() + "/v2/: The connection was refused.");
  }

  @Test
  void aRegistryThatNobodyUsesMayBeAway() throws IOException {
    Files.writeString(
        file,
        Files.readString(file)
            .replace(
                "registries: {",
                "registries: {away.example: {upstreams: [{url: '" + free() + "'}]}, "));
    assertThat(doctor(start(), "--image", IMAGE)).isEqualTo(ExitStatus.ATTENTION);
    assertThat(tarn.out())
        .contains("attention  away.example does not answer. Nothing was asked of it since");
  }

  @Test
  void aRegistryThatLimitsTheRateNeedsAttention() throws IOException {
    upstream.on("/v2/", Reply.rateLimited("60"));
    assertThat(doctor(start())).isEqualTo(ExitStatus.ATTENTION);
    assertThat(tarn.out()).contains("attention  example.com limits how much may be asked");
  }

  @Test
  void aPrivateImageIsNobodysFault() throws IOException {
    upstream.on(Sample.tagPath("v1"), Reply.challenge("Basic realm=\"private\""));
    assertThat(doctor(start(), "--image", IMAGE)).isZero();
    assertThat(tarn.out()).contains("note       " + IMAGE + " is private");
  }

  @Test
  void anImageThatIsNotThereOrNotMirroredIsSaid() throws IOException {
    Node node = start();
    assertThat(doctor(node, "--image", "example.com/library/app:v9")).isEqualTo(3);
    assertThat(tarn.out()).contains("example.com has no example.com/library/app:v9");

    tarn.forgetOut();
    assertThat(doctor(node, "--image", "nginx:1.27")).isEqualTo(3);
    assertThat(tarn.out()).contains("docker.io is not mirrored here");
  }

  @Test
  void bytesThatChangeOnTheWayAreTrouble() throws IOException {
    upstream.on(LAYER.path(), LAYER.reply().withWrongByteAt(7));
    assertThat(doctor(start(), "--image", IMAGE)).isEqualTo(ExitStatus.TROUBLE);
    assertThat(tarn.out())
        .contains("trouble    ", "The smallest layer", "is not what its digest says");
  }

  @Test
  void aWrongKeyIsNamedWithTheNearest() throws IOException {
    Node node = start();
    configuration("acess: {graceTime: 1h}");
    assertThat(doctor(node)).isEqualTo(ExitStatus.TROUBLE);
    assertThat(tarn.out())
        .contains("trouble    The configuration is not valid: acess")
        .contains("did you mean access?", "tarn config check");
  }

  @Test
  void aFileThatCannotBeReadIsNamed() throws IOException {
    Node node = start();
    configuration("agent: {directory: '" + directory.resolve("nowhere") + "'}");
    assertThat(doctor(node)).isEqualTo(ExitStatus.ATTENTION);
    assertThat(tarn.out())
        .contains("A file that the configuration names cannot be used.")
        .contains("agent: cannot read directory " + directory.resolve("nowhere"));
  }

  @Test
  void whereNoNodeIsItIsSaid() throws IOException {
    String admin = free();
    assertThat(doctor(admin, free())).isEqualTo(ExitStatus.TROUBLE);
    assertThat(tarn.out())
        .contains("No node answers at " + admin + ".", "The connection was refused.")
        .doesNotContain("Something else");
  }

  @Test
  void aPortThatSomethingElseHasIsNamed() throws IOException {
    assertThat(doctor(free(), upstream.url())).isEqualTo(ExitStatus.TROUBLE);
    assertThat(tarn.out())
        .contains("Something else than this node listens at " + upstream.authority())
        .contains("which is its registry.listen");

    tarn.forgetOut();
    assertThat(doctor(upstream.url(), free())).isEqualTo(ExitStatus.TROUBLE);
    assertThat(tarn.out())
        .contains(
            "Something else than Tarn answers at " + upstream.url(), "/healthz was answered 404");

    tarn.forgetOut();
    assertThat(doctor(at(start().adminAddress()), upstream.url())).isEqualTo(ExitStatus.TROUBLE);
    assertThat(tarn.out())
        .contains("Something else than this node answers at " + upstream.url())
        .contains("the node counted no request");
  }

  private void identity(Instant from, Instant until) throws GeneralSecurityException, IOException {
    Certificates.Identity authority = Certificates.selfSigned("CN=authority", "", true);
    Certificates.Identity node =
        Certificates.issue(authority, "CN=node-1", "dns:tarn-peer,dns:node-1", "EC", from, until);
    Path certificate = write("tls.crt", "CERTIFICATE", node.certificate().getEncoded());
    Path key = write("tls.key", "PRIVATE KEY", node.key().getEncoded());
    Path ca = write("ca.crt", "CERTIFICATE", authority.certificate().getEncoded());
    file =
        configuration(
            """
            peers:
              mode: static
              listen: '%s'
              node: node-1
              members: ['node-1=%s', 'node-2=%s']
              tls: {certificate: '%s', key: '%s', ca: '%s'}
            """
                .formatted(port(), port(), port(), certificate, key, ca));
  }

  private static String port() throws IOException {
    return free().substring("http://".length());
  }

  private Path write(String name, String label, byte[] content) throws IOException {
    return Files.writeString(directory.resolve(name), Certificates.pem(label, content));
  }

  @Test
  void aCertificateThatHasExpiredIsTrouble() throws IOException, GeneralSecurityException {
    Instant now = Instant.now();
    identity(now.minus(Duration.ofDays(3)), now.minus(Duration.ofDays(1)));
    assertThat(doctor(start())).isEqualTo(ExitStatus.TROUBLE);
    assertThat(tarn.out())
        .contains("trouble    peers.tls.certificate has expired.", directory + "/tls.crt: from ");
  }

  @Test
  void aCertificateThatIsAboutToExpireNeedsAttention()
      throws IOException, GeneralSecurityException {
    Instant now = Instant.now();
    identity(now.minus(Duration.ofDays(9)), now.plus(Duration.ofDays(1)));
    doctor(start());
    assertThat(tarn.out()).contains("attention  peers.tls.certificate expires in 23 h");
  }

  @Test
  void aCertificateThatCannotBeUsedIsTroubleWithTheReason()
      throws IOException, GeneralSecurityException {
    Instant now = Instant.now();
    identity(now.minus(Duration.ofHours(1)), now.plus(Duration.ofHours(40)));
    write(
        "ca.crt",
        "CERTIFICATE",
        Certificates.selfSigned("CN=x", "", true).certificate().getEncoded());
    doctor(start());
    assertThat(tarn.out())
        .contains("trouble    This node's certificate for its peers cannot be used")
        .contains("it has to be issued by the authority given");
  }

  @Test
  void otherNodesThatCannotBeReachedAreNamed() throws IOException, GeneralSecurityException {
    Instant now = Instant.now();
    identity(now.minus(Duration.ofHours(1)), now.plus(Duration.ofHours(40)));
    assertThat(doctor(start())).isEqualTo(ExitStatus.TROUBLE);
    assertThat(tarn.out())
        .contains("ok         This node's certificate for its peers is good until ")
        .contains("trouble    1 of 1 other nodes cannot be reached.")
        .contains("node-2 at 127.0.0.1:", "The connection was refused.");
  }

  @Test
  void otherNodesAreGreetedSoThatNoneOfThemSeesAFailure()
      throws IOException, GeneralSecurityException {
    Certificates.Identity authority = Certificates.selfSigned("CN=authority", "", true);
    Path ca = write("ca.crt", "CERTIFICATE", authority.certificate().getEncoded());
    Path key = write("ca.key", "PRIVATE KEY", authority.key().getEncoded());
    String[] ports = {port(), port()};
    Path first = member(1, ports, ca, key);
    Path second = member(2, ports, ca, key);
    file = second;
    Node other = start();
    file = first;
    Node node = start();
    Awaitility.await().until(() -> node.hasPeers() && other.hasPeers());

    doctor(node);
    assertThat(tarn.out())
        .contains("ok         This node's certificate for its peers is good until ")
        .contains("ok         1 other node was reached.")
        .doesNotContain("does not listen for its peers");
    for (Node each : nodes) {
      assertThat(Figures.parse(RawClient.get(each.adminAddress(), "/metrics").text()).samples())
          .filteredOn(sample -> sample.name().equals("tarn_peer_handshakes_total"))
          .filteredOn(sample -> sample.value() > 0)
          .extracting(sample -> sample.label("outcome"))
          .isSubsetOf("full", "resumed");
    }
  }

  private Path member(int number, String[] ports, Path ca, Path key) throws IOException {
    return Files.writeString(
        directory.resolve("node-" + number + ".yaml"),
        """
        registry: {listen: '127.0.0.1:0'}
        admin: {listen: '127.0.0.1:0'}
        store: {path: '%s', minFree: 0%%, reserveFree: 0%%}
        shutdown: {drainTimeout: 0s}
        registries: {example.com: {upstreams: [{url: '%s'}]}}
        peers:
          mode: static
          listen: '%s'
          node: node-%d
          members: ['node-1=%s', 'node-2=%s']
          tls: {certificate: '%s', key: '%s', ca: '%s'}
        """
            .formatted(
                Files.createDirectories(directory.resolve("store-" + number)),
                upstream.url(),
                ports[number - 1],
                number,
                ports[0],
                ports[1],
                ca,
                key,
                ca));
  }

  @ParameterizedTest
  @CsvSource({"effective, 0", "ineffective, 4", "unknown, 0"})
  void theAgentsWordIsPassedOn(String verdict, int status) throws IOException {
    ScriptedAgent agent = new ScriptedAgent().writesSecret(shared);
    file = configuration("agent: {directory: '" + shared + "'}");
    Node node = start();
    agent.reports(
        node.registryAddress(),
        "entries 1\ncontainerd_config_agent_verdict{verdict=\"" + verdict + "\"} 1\n");
    upstream.on("/verdict", Reply.json(verdict + "\nconfig_path is empty.\nSet it.\n"));

    assertThat(doctor(node, "--agent", upstream.url())).isEqualTo(status);
    switch (verdict) {
      case "effective" -> assertThat(tarn.out()).contains("ok         containerd comes here");
      case "unknown" -> assertThat(tarn.out()).contains("note       Nobody knows yet");
      default ->
          assertThat(tarn.out())
              .contains("trouble    containerd on this node pulls, and does not come here.")
              .contains("ineffective (containerd_config_agent_verdict). config_path is empty.")
              .contains("fix   Set it.");
    }
  }

  @ParameterizedTest
  @CsvSource({"0, FINE", "120, ATTENTION", "-120, ATTENTION", "3600, TROUBLE"})
  void aClockThatIsWrongIsSeenByTheDateOfUpstreams(long seconds, Severity severity)
      throws IOException {
    ZonedDateTime there = ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(seconds);
    upstream.on(
        "/v2/",
        Reply.json("{}").header("Date", DateTimeFormatter.RFC_1123_DATE_TIME.format(there)));

    Report report = report(start(), _ -> space(100, 90));
    assertThat(report.verdict()).isEqualTo(severity);
    assertThat(report.findings())
        .filteredOn(finding -> finding.code().startsWith("clock"))
        .extracting(Finding::severity)
        .containsExactly(severity);
    if (seconds > 0) {
      assertThat(report.findings().getFirst().seen()).contains("behind by the Date of 1 upstream.");
    }
  }

  @ParameterizedTest
  @CsvSource({"90, disk, FINE", "19, disk-squeezed, ATTENTION", "15, disk-full, TROUBLE"})
  void howFullTheDiskIsCountsByWhatTheConfigurationSays(long free, String code, Severity severity)
      throws IOException {
    Node node = start();
    Files.writeString(
        file, Files.readString(file).replace("minFree: 0%, reserveFree: 0%", "minFree: 20%"));

    Report report = report(node, _ -> space(100, free));
    assertThat(report.verdict()).isEqualTo(severity);
    assertThat(report.findings())
        .anySatisfy(
            finding -> {
              assertThat(finding.code()).isEqualTo(code);
              assertThat(finding.severity()).isEqualTo(severity);
            });
  }

  private Report report(Node node, Function<Path, FileSystemSpace> space) throws IOException {
    Configuration configuration = ConfigurationLoader.load(file, Map.of());
    return new Doctor(
            new Scene(
                configuration,
                AdminClient.of(URI.create(at(node.adminAddress())), Optional.empty()),
                URI.create(at(node.registryAddress())),
                URI.create(free()),
                Optional.empty(),
                Map.of(),
                space,
                InstantSource.system(),
                "development"),
            List.of())
        .run();
  }

  private static FileSystemSpace space(long total, long free) {
    return new FileSystemSpace() {
      @Override
      public long totalBytes() {
        return total << 30;
      }

      @Override
      public long usableBytes() {
        return free << 30;
      }
    };
  }

  @Test
  void programsGetJson() throws IOException {
    assertThat(doctor(start(), "--image", IMAGE, "-o", "json")).isZero();
    assertThat(tarn.out())
        .startsWith("{")
        .contains("\"verdict\" : \"fine\"")
        .contains("\"code\" : \"pull\"", "\"source\" : \"upstream\"", "\"image\" : \"" + IMAGE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--image=UPPER/Case", "--registry=nothing", "--admin=x", "--output=xml"})
  void whatMakesNoSenseIsAUsageError(String option) {
    assertThat(tarn.run("doctor", "--config", file.toString(), option)).isEqualTo(2);
  }
}
