package dev.tarn.e2e.access;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.placement.Member;
import dev.tarn.core.placement.Membership;
import dev.tarn.core.placement.Placement;
import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.cluster.Certificates;
import dev.tarn.e2e.cluster.ServerTls;
import dev.tarn.e2e.http.Head;
import dev.tarn.e2e.http.RawClient;
import dev.tarn.e2e.http.Relay;
import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.image.Layer;
import dev.tarn.e2e.node.Metrics;
import dev.tarn.e2e.node.TarnNode;
import dev.tarn.e2e.process.Ports;
import dev.tarn.e2e.process.Workspace;
import dev.tarn.e2e.run.CaseRun;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Nodes of a case's own, one of whom lies to the others: {@code liar}, a real node behind one
 * {@link FalseMember} for each of the others. What is at its own port, and what it asks, is true.
 */
final class Betrayal {
  static final String VICTIM = "victim";
  static final String LIAR = "liar";
  static final String HONEST = "honest";
  private static final Scheme SCHEME = Scheme.TOKEN;
  private static final Duration LOG_LIMIT = Duration.ofSeconds(10);
  private static final int RESUMES = 5;
  private static final long SLOW_BYTES_PER_SECOND = 4L * 1024 * 1024;
  private static final int ASK_LIMIT_MILLIS = 10_000;

  private final AccessBench bench;
  private final Workspace workspace;
  private final List<String> names;
  private final Map<String, Integer> ports = new LinkedHashMap<>();
  private final Map<String, Certificates.Identity> identities = new LinkedHashMap<>();
  private final Map<String, Mirror> nodes = new LinkedHashMap<>();
  private final List<FalseMember> faces = new ArrayList<>();

  /** What was counted and logged when the lying began, by node. */
  private final Map<String, Before> before = new LinkedHashMap<>();

  private Betrayal(AccessBench bench, Workspace workspace, List<String> names) {
    this.bench = bench;
    this.workspace = workspace;
    this.names = names;
  }

  private record Before(Metrics metrics, int lines) {}

  /** The victim and the liar, for one case: the victim may have had enough of the liar for good. */
  static Betrayal ofTwo(AccessBench bench, CaseRun run) throws Exception {
    return new Betrayal(bench, run.workspace(), List.of(VICTIM, LIAR)).started().warm(run);
  }

  /** And an honest one, to whom the liar lies, too. */
  static Betrayal ofThree(AccessBench bench, CaseRun run) throws Exception {
    return new Betrayal(bench, run.workspace(), List.of(VICTIM, LIAR, HONEST)).started().warm(run);
  }

  /** The same for many cases: nothing that is said there may be held against the liar for good. */
  static Betrayal shared(AccessBench bench, Workspace owner) throws Exception {
    return new Betrayal(bench, owner, List.of(VICTIM, LIAR, HONEST)).started();
  }

  /** While all is true they talk once: a first handshake may take longer than a peer is given. */
  private Betrayal warm(CaseRun run) throws Exception {
    Private image = heldByLiar(run, VICTIM, 100);
    for (Mirror node : nodes.values()) {
      image.pull(run, node);
    }
    return this;
  }

  private Betrayal started() throws Exception {
    for (String name : names) {
      ports.put(name, Ports.free());
      identities.put(
          name,
          bench.authority.issueFor(
              name, workspace.child(name).makeDirectory("tls"), Certificates.Validity.now()));
    }
    List<CompletableFuture<Mirror>> starting = new ArrayList<>();
    for (String name : names) {
      Workspace own = workspace.child(name);
      Map<Scheme, Relay> ways = bench.ways(own);
      MirrorPlan plan = MirrorPlan.of(AccessBench.uris(ways)).withSection(peers(name));
      starting.add(
          Threads.meanwhile(() -> new Mirror(TarnNode.start(own, plan), ways, port(name))));
    }
    for (int number = 0; number < names.size(); number++) {
      nodes.put(names.get(number), starting.get(number).get());
    }
    return this;
  }

  private String peers(String name) throws IOException, GeneralSecurityException {
    Map<String, Integer> members = new LinkedHashMap<>(ports);
    if (!name.equals(LIAR)) {
      FalseMember face =
          FalseMember.start(Ports.free(), identity(LIAR), identity(name), port(LIAR));
      faces.add(workspace.own(face));
      members.put(LIAR, face.port());
    }
    return AccessBench.peers(name, port(name), members, identity(name));
  }

  private int port(String name) {
    return Optional.ofNullable(ports.get(name)).orElseThrow();
  }

  private Certificates.Identity identity(String name) {
    return Optional.ofNullable(identities.get(name)).orElseThrow();
  }

  Mirror node(String name) {
    return Optional.ofNullable(nodes.get(name)).orElseThrow();
  }

  Mirror victim() {
    return node(VICTIM);
  }

  /** From now on the liar says this to everybody who asks it. */
  void lie(FalseMember.Lie lie) {
    for (String name : names) {
      TarnNode tarn = node(name).tarn();
      before.put(name, new Before(tarn.metrics(), tarn.log().size()));
    }
    faces.forEach(face -> face.tells(lie));
  }

  /** Upstream is slow for all, so that they fetch together. */
  void slowly() {
    nodes.values().forEach(node -> node.way(SCHEME).throttle(SLOW_BYTES_PER_SECOND));
  }

  /** It says the truth again. */
  void beHonest() {
    faces.forEach(face -> face.tells(FalseMember.Lie.TRUTH));
  }

  /** That the case can fail: somebody was lied to. */
  void checkLied(CaseRun run) {
    run.check(faces.stream().mapToInt(FalseMember::told).sum() > 0, "nobody asked the liar");
    run.figure("lies", faces.stream().mapToInt(FalseMember::told).sum());
  }

  /** An image of Alice's at rest at the liar, whose layers have somebody for their home. */
  Private heldByLiar(CaseRun run, String home, long... kib) throws Exception {
    Private image = push(home, kib);
    image.pull(run, node(LIAR));
    image.awaitHeld(node(LIAR));
    return image;
  }

  /** An image of Alice's, whose layers have somebody for their home. */
  Private push(String home, long... kib) {
    List<Layer> layers = new ArrayList<>();
    for (long each : kib) {
      layers.add(layer(home, each));
    }
    return Private.push(bench, SCHEME, User.ALICE, bench.image(layers));
  }

  /** Made until one has that home, which every second or third has. */
  private Layer layer(String home, long kib) {
    Placement placement =
        Membership.of(0, names.stream().map(name -> new Member(name, "zone", "", true)).toList())
            .placement();
    while (true) {
      Layer layer = bench.layer(kib);
      Digest digest = Digest.parse(layer.blob().digest()).orElseThrow();
      if (placement.home(digest, 0).orElseThrow().name().equals(home)) {
        return layer;
      }
    }
  }

  /**
   * The owner pulls at a node as containerd does; every byte of every answer is compared, also of
   * those that were cut short. Gives what the owner goes on asking by.
   */
  Session pull(CaseRun run, Private image, String at) throws IOException {
    Mirror node = node(at);
    Relay direct = bench.way(run.workspace(), SCHEME);
    Session alice = Session.of(User.ALICE);
    Place place = image.place();
    Session.Got named = alice.head(node.uri(), place.manifest(Private.TAG));
    run.checkEquals("status of the tag", 200, named.status());
    run.check(
        named
            .head()
            .first("Docker-Content-Digest")
            .equals(Optional.of(image.image().manifest().digest())),
        "the tag was answered as " + named.head());
    Blob manifest = image.image().manifest();
    check(
        run,
        manifest,
        alice.blob(node.uri(), direct.uri(), place.manifest(manifest.digest()), RESUMES),
        true);
    for (Blob blob : image.image().blobs()) {
      check(run, blob, alice.get(node.uri(), place.blob(blob.digest())), false);
      check(
          run,
          blob,
          alice.blob(node.uri(), direct.uri(), place.blob(blob.digest()), RESUMES),
          true);
    }
    run.figure("bytes_past_tarn", direct.traffic().blobBytes());
    return alice;
  }

  private static void check(CaseRun run, Blob blob, Session.Got got, boolean complete)
      throws IOException {
    byte[] truth = Files.readAllBytes(blob.file());
    byte[] came = got.status() == 200 ? got.body() : new byte[0];
    int wrong = Arrays.mismatch(truth, came);
    run.check(
        wrong < 0 || wrong >= came.length,
        "byte " + wrong + " of " + blob.digest() + " is wrong: " + got);
    run.check(
        !got.whole() || got.status() != 200 || came.length == truth.length,
        blob.digest() + " came as if it were whole: " + got);
    run.check(!complete || came.length == truth.length, blob.digest() + " did not come: " + got);
  }

  /** Says something to a node of its own accord; gives the answer. */
  Said tell(String to, String question) throws Exception {
    byte[] body = question.getBytes(StandardCharsets.UTF_8);
    Head request =
        RawClient.request("POST", "/peer/v1/ask", Optional.empty())
            .with("Tarn-Protocol", Optional.of("1"))
            .with("Tarn-To", Optional.of(to))
            .with("Content-Length", Optional.of(Integer.toString(body.length)));
    try (Socket socket =
        ServerTls.client(Optional.of(identity(LIAR))).getSocketFactory().createSocket()) {
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), port(to)), ASK_LIMIT_MILLIS);
      socket.setSoTimeout(ASK_LIMIT_MILLIS);
      socket.getOutputStream().write(request.bytes());
      socket.getOutputStream().write(body);
      socket.getOutputStream().flush();
      BufferedInputStream in = new BufferedInputStream(socket.getInputStream());
      Head head = Head.read(in).orElseThrow(() -> new CaseFailed(to + " did not answer the liar"));
      byte[] answer = in.readNBytes(head.contentLength().orElse(0L).intValue());
      return new Said(head.status(), new String(answer, StandardCharsets.UTF_8));
    }
  }

  /** What a node answered the liar. */
  record Said(int status, String text) {}

  /** The node counted that fault since the lying began, and its log says that it was the liar's. */
  void checkFault(String at, String fault, String event) throws Exception {
    Await.until(
        "a " + fault + " at " + at + " is counted, and " + event + " names the liar in its log",
        LOG_LIMIT,
        () ->
            faults(at, fault) >= 1
                && logged(at).stream()
                    .anyMatch(line -> line.contains(event) && line.contains("peer=" + LIAR)));
  }

  /** The node counted that fault since the lying began. */
  void checkFault(String at, String fault) throws Exception {
    Await.until(
        "a " + fault + " at " + at + " is counted", LOG_LIMIT, () -> faults(at, fault) >= 1);
  }

  /** How often a node counted that fault since the lying began. */
  double faults(String at, String fault) {
    String label = "fault=\"" + fault + "\"";
    return node(at).tarn().metrics().sum("tarn_peer_faults_total", label)
        - before(at).metrics().sum("tarn_peer_faults_total", label);
  }

  private Before before(String at) {
    return Optional.ofNullable(before.get(at)).orElseThrow();
  }

  private List<String> logged(String at) {
    List<String> all = node(at).tarn().log();
    return all.subList(before(at).lines(), all.size());
  }

  /** Nobody but the liar is named. */
  void checkNobodyElseBlamed(CaseRun run) {
    for (String name : names) {
      for (String fault : List.of("chunk_mismatch", "blob_mismatch", "blamed", "malformed")) {
        if (faults(name, fault) > 0) {
          run.figure(name + "_" + fault, faults(name, fault));
        }
      }
      for (String line : logged(name)) {
        run.check(
            !(line.contains("peer_blamed") || line.contains("peer_chunk_"))
                || line.contains("peer=" + LIAR),
            name + " says: " + line);
        run.check(!line.contains("blob_not_stored"), name + " says: " + line);
      }
    }
  }
}
