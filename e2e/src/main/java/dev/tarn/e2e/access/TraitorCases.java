package dev.tarn.e2e.access;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tarn.e2e.access.FalseMember.Lie;
import dev.tarn.e2e.access.FalseMember.Said;
import dev.tarn.e2e.http.Relay;
import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.image.Hashing;
import dev.tarn.e2e.node.Containerd;
import dev.tarn.e2e.node.Flavour;
import dev.tarn.e2e.run.CaseRun;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A member of the installation lies to a node: about bytes, about sizes, about what it holds, about
 * tags. Whoever pulls at that node gets what the registry has, and no byte of anything else.
 */
final class TraitorCases {
  /** Three chunks. */
  private static final long BIG_KIB = 9 * 1024;

  private static final long SMALL_KIB = 300;
  private static final String DIGEST = "Tarn-Chunk-Digest";
  private static final String SIZE = "Tarn-Blob-Size";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long PULL_SECONDS = 90;
  private static final int ATTEMPTS = 4;

  private TraitorCases() {}

  /**
   * The liar has two images: a client that compares every byte pulls one of them, containerd the
   * other.
   *
   * @param home whom the nodes ask who has the layers
   */
  private static Betrayal lied(AccessBench bench, CaseRun run, String home, Lie lie)
      throws Exception {
    Betrayal nodes = bench.betrayal();
    Private first = nodes.heldByLiar(run, home, BIG_KIB);
    Private second = nodes.heldByLiar(run, home, SMALL_KIB);
    nodes.lie(lie);
    try {
      nodes.pull(run, first, Betrayal.VICTIM);
      nodes.checkLied(run);
      containerd(bench, run, nodes, second);
    } finally {
      nodes.beHonest();
    }
    nodes.checkNobodyElseBlamed(run);
    return nodes;
  }

  /** A home that keeps its askers waiting: one client is enough. */
  private static void delayed(AccessBench bench, CaseRun run, Lie lie) throws Exception {
    Betrayal nodes = bench.betrayal();
    Private image = nodes.heldByLiar(run, Betrayal.LIAR, SMALL_KIB);
    nodes.lie(lie);
    try {
      nodes.pull(run, image, Betrayal.VICTIM);
      nodes.checkLied(run);
    } finally {
      nodes.beHonest();
    }
    nodes.checkNobodyElseBlamed(run);
  }

  /** As a kubelet has it pull, with the registry behind Tarn. */
  private static void containerd(AccessBench bench, CaseRun run, Betrayal nodes, Private image)
      throws Exception {
    Containerd containerd = bench.containerd(Flavour.DEBIAN, 0);
    Relay direct = bench.way(run.workspace(), image.scheme());
    containerd.mirror(image.scheme().registry(), nodes.victim().uri(), direct.uri());
    containerd
        .tryPull(image.place().reference(Private.TAG), Optional.of(User.ALICE.credential()))
        .orFail();
    containerd.verify(image.image());
    run.figure("requests_past_tarn", direct.traffic().requests());
  }

  private static byte[] struck(byte[] body) {
    byte[] wrong = body.clone();
    if (wrong.length > 0) {
      wrong[wrong.length / 2] ^= 1;
    }
    return wrong;
  }

  /** It says of the wrong chunk the hash that the wrong chunk has. */
  private static Said vouchedFor(Said truth, byte[] body) {
    return truth.withBody(body).withTrailer(DIGEST, Hashing.digest(body));
  }

  static void wrongByte(AccessBench bench, CaseRun run) throws Exception {
    Lie lie = Lie.ofChunks((_, truth) -> truth.withBody(struck(truth.body())));
    lied(bench, run, Betrayal.VICTIM, lie)
        .checkFault(Betrayal.VICTIM, "chunk_mismatch", "peer_chunk_mismatch");
  }

  static void tooShort(AccessBench bench, CaseRun run) throws Exception {
    Lie lie =
        Lie.ofChunks(
            (_, truth) ->
                vouchedFor(truth, Arrays.copyOf(truth.body(), truth.body().length * 3 / 4)));
    lied(bench, run, Betrayal.VICTIM, lie)
        .checkFault(Betrayal.VICTIM, "chunk_length", "peer_chunk_length");
  }

  static void tooLong(AccessBench bench, CaseRun run) throws Exception {
    Lie lie =
        Lie.ofChunks(
            (_, truth) ->
                vouchedFor(truth, Arrays.copyOf(truth.body(), truth.body().length + 1000)));
    lied(bench, run, Betrayal.VICTIM, lie)
        .checkFault(Betrayal.VICTIM, "chunk_length", "peer_chunk_length");
  }

  static void breaksOff(AccessBench bench, CaseRun run) throws Exception {
    Lie lie = Lie.ofChunks((_, truth) -> truth.cutAfter(truth.body().length / 2));
    lied(bench, run, Betrayal.VICTIM, lie);
  }

  private static Lie sizes(Function<Long, Long> size) {
    return (asked, truth) -> {
      if (asked.wantsChunk()) {
        Optional<String> said = truth.head().first(SIZE);
        return said.isEmpty()
            ? truth
            : truth.withField(SIZE, Long.toString(size.apply(Long.parseLong(said.get()))));
      }
      ObjectNode answer = (ObjectNode) JSON.readTree(truth.text());
      return answer.path("size").asLong(-1) < 0
          ? truth
          : truth.withText(answer.put("size", size.apply(answer.get("size").asLong())).toString());
    };
  }

  static void sizeTooSmall(AccessBench bench, CaseRun run) throws Exception {
    lied(bench, run, Betrayal.LIAR, sizes(size -> size * 2 / 3));
  }

  static void sizeTooLarge(AccessBench bench, CaseRun run) throws Exception {
    lied(bench, run, Betrayal.LIAR, sizes(size -> size + 5_000_000));
  }

  static void sizeAbsurd(AccessBench bench, CaseRun run) throws Exception {
    delayed(bench, run, sizes(size -> Long.MAX_VALUE - size));
  }

  /** It says that it holds what it does not, to whoever asks and to whoever does not. */
  static void holdsNothing(AccessBench bench, CaseRun run) throws Exception {
    Betrayal nodes = bench.betrayal();
    Private first = nodes.push(Betrayal.VICTIM, SMALL_KIB);
    Private second = nodes.push(Betrayal.LIAR, SMALL_KIB);
    for (Private image : List.of(first, second)) {
      List<Blob> all = new ArrayList<>(image.image().blobs());
      all.add(image.image().manifest());
      for (Blob blob : all) {
        String held =
            "{\"kind\":\"announce\",\"held\":[{\"registry\":\"%s\",\"digest\":\"%s\",\"size\":%d}],"
                    .formatted(image.place().registry(), blob.digest(), blob.size())
                + "\"gone\":[]}";
        run.checkEquals("status", 200, nodes.tell(Betrayal.VICTIM, held).status());
      }
    }
    nodes.lie(
        (asked, truth) ->
            !asked.wantsChunk() && asked.body().contains("\"open\"")
                ? truth.withText(
                    "{\"kind\":\"complete\",\"size\":%d,\"holders\":[\"liar\",\"honest\"]}"
                        .formatted(sizeOf(asked.body(), first, second)))
                : truth);
    try {
      nodes.pull(run, first, Betrayal.VICTIM);
      nodes.pull(run, second, Betrayal.VICTIM);
      nodes.checkLied(run);
    } finally {
      nodes.beHonest();
    }
    nodes.checkNobodyElseBlamed(run);
  }

  private static long sizeOf(String question, Private... images) {
    for (Private image : images) {
      for (Blob blob : image.image().blobs()) {
        if (question.contains(blob.digest())) {
          return blob.size();
        }
      }
    }
    return -1;
  }

  static void nonsense(AccessBench bench, CaseRun run) throws Exception {
    delayed(
        bench,
        run,
        Lie.inAnswers(
            (asked, truth) ->
                truth.withText(
                    asked.body().contains("\"open\"")
                        ? "{\"kind\":\"tag\",\"digest\":\"latest\"}"
                        : "[".repeat(2_000))));
  }

  /** It sends everybody away for ever. */
  static void notYet(AccessBench bench, CaseRun run) throws Exception {
    delayed(
        bench,
        run,
        Lie.inAnswers((_, truth) -> truth.withText("{\"kind\":\"later\",\"millis\":10000}")));
  }

  /** Of one chunk, whose digest is the blob's: whoever vouches for another is not believed. */
  static void smallVouchedFor(AccessBench bench, CaseRun run) throws Exception {
    Lie lie =
        Lie.ofChunks(
            (_, truth) ->
                truth.body().length < SMALL_KIB * 1200
                    ? vouchedFor(truth, struck(truth.body()))
                    : truth);
    lied(bench, run, Betrayal.VICTIM, lie)
        .checkFault(Betrayal.VICTIM, "chunk_mismatch", "peer_chunk_mismatch");
  }

  static void otherManifest(AccessBench bench, CaseRun run) throws Exception {
    byte[] body = Files.readAllBytes(bench.image().manifest().file());
    Lie lie =
        Lie.ofChunks(
            (_, truth) -> truth.text().contains("schemaVersion") ? vouchedFor(truth, body) : truth);
    lied(bench, run, Betrayal.VICTIM, lie);
  }

  static void wrongByteVouchedFor(AccessBench bench, CaseRun run) throws Exception {
    forged(bench, run, (_, truth) -> vouchedFor(truth, struck(truth.body())));
  }

  /** The chunk is another blob's. */
  static void otherBlob(AccessBench bench, CaseRun run) throws Exception {
    byte[] other = Files.readAllBytes(bench.layer(BIG_KIB).blob().file());
    forged(bench, run, (_, truth) -> vouchedFor(truth, Arrays.copyOf(other, truth.body().length)));
  }

  /** Another manifest for the tag, in all the ways in which one might be believed. */
  private static Lie tags(String digest, Blob manifest) {
    String answer =
        "{\"kind\":\"tag\",\"reference\":\"%1$s\",\"digest\":\"%2$s\",\"size\":%3$d,\"holders\":[\"liar\"]}"
            .formatted(Private.TAG, digest, manifest.size());
    return (asked, truth) -> {
      Said said =
          truth
              .withField("Docker-Content-Digest", digest)
              .withField("Tarn-Tag", Private.TAG + "=" + digest)
              .withField("Etag", "\"" + digest + "\"");
      return asked.wantsChunk() || !asked.body().contains("\"open\"")
          ? said
          : said.withText(answer);
    };
  }

  private static void sayTag(CaseRun run, Betrayal nodes, Private image, String digest)
      throws Exception {
    String place =
        "\"registry\":\"%s\",\"repository\":\"%s\",\"tag\":\"%s\",\"digest\":\"%s\""
            .formatted(image.place().registry(), image.place().repository(), Private.TAG, digest);
    for (String kind : List.of("tag", "tags", "announce", "resolve", "known")) {
      Betrayal.Said said = nodes.tell(Betrayal.VICTIM, "{\"kind\":\"" + kind + "\"," + place + "}");
      run.check(
          said.status() == 200 || said.status() == 400, "the liar was answered " + said.status());
      run.check(!said.text().contains("sha256:"), "the liar was told " + said.text());
    }
  }

  private static String named(Session.Got got) {
    return got.status() + " " + got.head().first("Docker-Content-Digest").orElse("");
  }

  /** The tag moved; the liar holds what it named before, and says that this is what it names. */
  static void oldTag(AccessBench bench, CaseRun run) throws Exception {
    Betrayal nodes = bench.betrayal();
    Private before = nodes.heldByLiar(run, Betrayal.VICTIM, SMALL_KIB);
    before.pull(run, nodes.victim());
    Private now = before.moved(bench);
    String old = before.image().manifest().digest();
    String moved = now.image().manifest().digest();
    String tag = now.place().manifest(Private.TAG);
    nodes.lie(tags(old, before.image().manifest()));
    try {
      sayTag(run, nodes, before, old);
      nodes.pull(run, now, Betrayal.VICTIM);
      nodes.checkLied(run);
      // A client may have gone past it meanwhile: now it has the manifest.
      nodes.beHonest();
      Session alice = nodes.pull(run, now, Betrayal.VICTIM);
      now.awaitHeld(nodes.victim());
      nodes.lie(tags(old, before.image().manifest()));
      // What it saw last, and not what somebody says, is what it has while upstream is away.
      nodes.victim().cutOff(true);
      sayTag(run, nodes, before, old);
      String away = named(alice.head(nodes.victim().uri(), tag));
      run.check(away.equals("200 " + moved), "the tag was answered as " + away);
    } finally {
      nodes.victim().cutOff(false);
      nodes.beHonest();
    }
  }

  /** A node that never saw the tag has nobody's word for it while upstream is away. */
  static void unseenTag(AccessBench bench, CaseRun run) throws Exception {
    Betrayal nodes = bench.betrayal();
    Private image = nodes.heldByLiar(run, Betrayal.VICTIM, SMALL_KIB);
    String digest = image.image().manifest().digest();
    bench.push(image.place().repository(), "seen", bench.image());
    Session alice = Session.of(User.ALICE);
    String seen = image.place().manifest("seen");
    run.checkEquals("status", 200, alice.get(nodes.victim().uri(), seen).status());
    nodes.lie(tags(digest, image.image().manifest()));
    try {
      nodes.victim().cutOff(true);
      sayTag(run, nodes, image, digest);
      // She may read here, and what she asked for before she is told.
      run.checkEquals("status", 200, alice.head(nodes.victim().uri(), seen).status());
      Session.Got named = alice.head(nodes.victim().uri(), image.place().manifest(Private.TAG));
      run.check(named.status() >= 400, "the tag was answered as " + named(named));
      nodes.victim().cutOff(false);
      nodes.pull(run, image, Betrayal.VICTIM);
      nodes.checkLied(run);
    } finally {
      nodes.victim().cutOff(false);
      nodes.beHonest();
    }
  }

  /** Three pull at once, and one of them sends the others wrong chunks of what it fetched. */
  static void crowd(AccessBench bench, CaseRun run) throws Exception {
    Betrayal nodes = Betrayal.ofThree(bench, run);
    Private image = nodes.push(Betrayal.HONEST, 4 * BIG_KIB);
    nodes.lie(Lie.ofChunks((_, truth) -> truth.withBody(struck(truth.body()))));
    nodes.slowly();
    List<CompletableFuture<Boolean>> pulls = new ArrayList<>();
    for (String name : List.of(Betrayal.VICTIM, Betrayal.LIAR, Betrayal.HONEST)) {
      pulls.add(
          Threads.meanwhile(
              () -> {
                nodes.pull(run, image, name);
                return true;
              }));
    }
    for (CompletableFuture<Boolean> pull : pulls) {
      pull.get(PULL_SECONDS, TimeUnit.SECONDS);
    }
    nodes.checkLied(run);
    nodes.checkNobodyElseBlamed(run);
  }

  /**
   * Somebody who says a wrong chunk's own hash is found out by the blob's digest, when all is here:
   * what came until then is cut short, the attempt may fail, and the next one does not.
   */
  private static void forged(AccessBench bench, CaseRun run, Lie lie) throws Exception {
    Betrayal nodes = Betrayal.ofTwo(bench, run);
    Session alice = Session.of(User.ALICE);
    Private image = nodes.heldByLiar(run, Betrayal.VICTIM, BIG_KIB);
    nodes.lie(
        Lie.ofChunks(
            (asked, truth) ->
                truth.body().length > SMALL_KIB * 1200 ? lie.tell(asked, truth) : truth));
    for (int images = 1; images <= ATTEMPTS; images++) {
      Blob layer = image.image().biggest();
      Session.Got first = alice.get(nodes.victim().uri(), image.place().blob(layer.digest()));
      run.check(
          first.status() != 200
              || first.body().length < layer.size()
              || layer.digest().equals(Hashing.digest(first.body())),
          "a wrong blob came as if it were whole: " + first);
      // On a busy machine upstream may have been faster than the liar.
      if (nodes.faults(Betrayal.VICTIM, "blob_mismatch") > 0) {
        run.figure("bytes_before_it_was_found_out", first.body().length);
        break;
      }
      image = nodes.heldByLiar(run, Betrayal.VICTIM, BIG_KIB);
    }
    nodes.checkLied(run);
    nodes.checkFault(Betrayal.VICTIM, "blob_mismatch");
    nodes.checkFault(Betrayal.VICTIM, "blamed", "peer_blamed");
    nodes.pull(run, image, Betrayal.VICTIM);
    nodes.checkNobodyElseBlamed(run);
  }

  /** The same where containerd is the one who is lied to: it fails, once, and has nothing wrong. */
  static void containerdFirst(AccessBench bench, CaseRun run) throws Exception {
    Betrayal nodes = Betrayal.ofTwo(bench, run);
    Private image = nodes.heldByLiar(run, Betrayal.VICTIM, BIG_KIB);
    String layer = image.image().biggest().digest();
    nodes.lie(
        Lie.ofChunks(
            (asked, truth) ->
                asked.isAbout(layer) ? vouchedFor(truth, struck(truth.body())) : truth));
    Containerd containerd = bench.containerd(Flavour.DEBIAN, 0);
    containerd.mirror(image.scheme().registry(), nodes.victim().uri(), nodes.victim().uri());

    // As the kubelet does, time and again.
    String reference = image.place().reference(Private.TAG);
    Optional<String> alice = Optional.of(User.ALICE.credential());
    int failed = 0;
    while (failed < ATTEMPTS && containerd.tryPull(reference, alice).status() != 0) {
      failed++;
    }
    run.figure("failed_attempts", failed);
    nodes.checkLied(run);
    run.check(failed < ATTEMPTS, "the pull failed " + failed + " times");
    if (failed > 0) {
      nodes.checkFault(Betrayal.VICTIM, "blob_mismatch");
    }
    containerd.verify(image.image());
    nodes.checkNobodyElseBlamed(run);
  }
}
