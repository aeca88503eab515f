package dev.tarn.server.peer;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.BlobKey;
import dev.tarn.core.placement.Member;
import dev.tarn.core.planner.Answer;
import dev.tarn.core.planner.Event.FetchFailure;
import dev.tarn.core.planner.Question;
import dev.tarn.core.tag.TagName;
import dev.tarn.server.net.Transport;
import dev.tarn.server.peer.tls.IdentityFiles;
import dev.tarn.server.peer.tls.PeerTls;
import dev.tarn.server.peer.wire.ChunkRequest;
import dev.tarn.server.peer.wire.ChunkTail;
import dev.tarn.server.peer.wire.TagQuestion;
import dev.tarn.server.testing.Keys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Node b, which answers as a test says, and node a's client, on real sockets: plain, or by mutual
 * TLS. What was wrong with its listeners is noted in words.
 */
final class PeerFixture implements AutoCloseable {
  static final byte[] CONTENT = bytes(3_000_000);
  static final BlobKey BLOB = Keys.of("some blob");
  static final ChunkTail TAIL = new ChunkTail(Digest.sha256(CONTENT), "c");

  final NotingListener server = new NotingListener();
  final NotingListener client = new NotingListener();
  final List<String> askers = new CopyOnWriteArrayList<>();
  final List<ChunkRequest> requests = new CopyOnWriteArrayList<>();
  volatile Function<Question, Answer> answers = question -> new Answer.Noted();
  volatile BiConsumer<ChunkRequest, Upload> uploads =
      (request, upload) -> upload.refuse(FetchFailure.GONE);

  volatile String status = "{}";

  /** What is told of tags, and when. */
  volatile BiConsumer<TagName, Consumer<Optional<Digest>>> tags =
      (tag, reply) -> reply.accept(Optional.empty());

  /** How far the clock is ahead. */
  volatile Duration later = Duration.ZERO;

  private final Transport transport = Transport.start(2);
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final PeerSurroundings surroundings =
      new PeerSurroundings(transport, workers, System::nanoTime, () -> Instant.now().plus(later));
  private final PeerEndpoint endpoint;
  private final PeerClient peers;

  PeerFixture(boolean tls) throws IOException {
    this(tls, settings());
  }

  PeerFixture(boolean tls, PeerSettings settings) throws IOException {
    this(
        settings,
        tls ? Optional.of(TestPki.A) : Optional.empty(),
        tls ? Optional.of(TestPki.B) : Optional.empty());
  }

  PeerFixture(PeerSettings settings, Optional<IdentityFiles> a, Optional<IdentityFiles> b)
      throws IOException {
    Optional<PeerTls> tlsOfB = b.map(files -> tls(files, "b"));
    Optional<PeerTls> tlsOfA = a.map(files -> tls(files, "a"));
    this.endpoint =
        PeerEndpoint.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            "b",
            settings,
            tlsOfB,
            service(),
            surroundings,
            server);
    this.peers = new PeerClient("a", settings, tlsOfA, surroundings, client);
  }

  /** As by default, but patient: a busy machine is no failure. */
  static PeerSettings settings() {
    return settings(8);
  }

  static PeerSettings settings(int maxUploads) {
    return new PeerSettings(
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(10),
        Duration.ofSeconds(60),
        64,
        maxUploads,
        16,
        4,
        8,
        PeerSettings.UNLIMITED,
        PeerSettings.UNLIMITED);
  }

  private PeerTls tls(IdentityFiles files, String node) {
    return new PeerTls(
        files,
        node,
        Duration.ofSeconds(10),
        workers,
        new PeerTls.Listener() {
          @Override
          public void identityLoaded(Instant validUntil) {}

          @Override
          public void identityRejected(String why) {
            throw new IllegalStateException(why);
          }
        });
  }

  private PeerService service() {
    return new PeerService() {
      @Override
      public void asked(String from, Question question, Consumer<Answer> reply) {
        askers.add(from);
        reply.accept(answers.apply(question));
      }

      @Override
      public void fetchAsked(String from, ChunkRequest request, Upload upload) {
        askers.add(from);
        requests.add(request);
        uploads.accept(request, upload);
      }

      @Override
      public void statusAsked(String from, Consumer<String> reply) {
        askers.add(from);
        reply.accept(status);
      }

      @Override
      public void tagAsked(TagName tag, Consumer<Optional<Digest>> reply) {
        tags.accept(tag, reply);
      }
    };
  }

  Member b() {
    return at("b", endpoint.address().getPort());
  }

  static Member at(String name, int port) {
    return new Member(name, "", "127.0.0.1:" + port, true);
  }

  int port() {
    return endpoint.address().getPort();
  }

  PeerEndpoint endpoint() {
    return endpoint;
  }

  PeerClient peers() {
    return peers;
  }

  /** Asks, and waits for what becomes of it. */
  AskOutcome ask(Member to, Question question) {
    CompletableFuture<AskOutcome> outcome = new CompletableFuture<>();
    peers.ask(to, question, outcome::complete);
    return NotingReceiver.get(outcome);
  }

  /** Asks how it is, and waits for what becomes of it. */
  StatusOutcome status(Member of) {
    CompletableFuture<StatusOutcome> outcome = new CompletableFuture<>();
    peers.status(of, outcome::complete);
    return NotingReceiver.get(outcome);
  }

  /** Asks what the tag names; nothing where the other does not know. */
  CompletableFuture<Optional<Digest>> tag(Member of, TagName tag) {
    CompletableFuture<Optional<Digest>> answer = new CompletableFuture<>();
    peers.tag(of, new TagQuestion.Asked(tag), answer::complete);
    return answer;
  }

  NotingReceiver fetch(Member from, long offset) {
    NotingReceiver receiver = new NotingReceiver();
    peers.fetch(from, new ChunkRequest(BLOB, 0, offset, false), receiver);
    return receiver;
  }

  /** A chunk that begins and never ends. */
  static GrowingChunk endless() {
    try {
      GrowingChunk chunk = new GrowingChunk(CONTENT.length);
      chunk.grow(Arrays.copyOf(CONTENT, 1000));
      return chunk;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  @Override
  public void close() {
    peers.close();
    endpoint.close();
    transport.close();
    workers.close();
  }
}
