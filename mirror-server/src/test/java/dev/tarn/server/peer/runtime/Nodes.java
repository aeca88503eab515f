package dev.tarn.server.peer.runtime;

import dev.tarn.core.name.BlobKey;
import dev.tarn.core.placement.Member;
import dev.tarn.core.placement.Membership;
import dev.tarn.core.placement.Placement;
import dev.tarn.core.planner.Answer;
import dev.tarn.core.planner.Question;
import dev.tarn.server.net.Transport;
import dev.tarn.server.peer.PeerClient;
import dev.tarn.server.peer.PeerEndpoint;
import dev.tarn.server.peer.PeerListener;
import dev.tarn.server.peer.PeerService;
import dev.tarn.server.peer.PeerSettings;
import dev.tarn.server.peer.PeerSurroundings;
import dev.tarn.server.peer.SilentListener;
import dev.tarn.server.peer.Upload;
import dev.tarn.server.peer.wire.ChunkRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Some nodes on real sockets, each with its own planner and files, and one upstream. */
final class Nodes implements AutoCloseable {
  /** One of them. */
  final class One {
    final String name;
    final TestFiles files;
    final PeerEndpoint endpoint;
    final PeerClient client;
    final List<String> troubles = new CopyOnWriteArrayList<>();
    final AtomicReference<PeerService> service = new AtomicReference<>();
    private @Nullable PeerRuntime runtime;

    One(String name, Path directory) throws IOException {
      this.name = name;
      this.files = new TestFiles(Files.createDirectories(directory));
      this.endpoint =
          PeerEndpoint.start(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
              name,
              PeerSettings.DEFAULT,
              Optional.empty(),
              new Delegate(service),
              surroundings,
              listener);
      this.client =
          new PeerClient(name, PeerSettings.DEFAULT, Optional.empty(), surroundings, listener);
    }

    void boot(Membership membership, long seed) {
      runtime =
          new PeerRuntime(
              new PeerRuntime.Parts(
                  name,
                  files,
                  upstream.source(workers),
                  client,
                  workers,
                  System::nanoTime,
                  new SplittableRandom(seed),
                  new Troubles(troubles),
                  () -> ""),
              membership);
      service.set(runtime());
    }

    PeerRuntime runtime() {
      return Objects.requireNonNull(runtime);
    }

    CompletableFuture<WantOutcome> want(BlobKey key) {
      CompletableFuture<WantOutcome> outcome = new CompletableFuture<>();
      runtime().want(key, null, outcome::complete);
      return outcome;
    }

    void die() {
      runtime().close();
      endpoint.close();
      client.close();
    }
  }

  private record Delegate(AtomicReference<PeerService> service) implements PeerService {
    @Override
    public void asked(String from, Question question, Consumer<Answer> reply) {
      service.get().asked(from, question, reply);
    }

    @Override
    public void fetchAsked(String from, ChunkRequest request, Upload upload) {
      service.get().fetchAsked(from, request, upload);
    }
  }

  private record Troubles(List<String> noted) implements RuntimeListener {
    @Override
    public void chunkMismatch(Member from, BlobKey key, int chunk) {
      noted.add("chunk mismatch from " + from.name());
    }

    @Override
    public void chunkLength(Member from, BlobKey key, int chunk) {
      noted.add("chunk length from " + from.name());
    }

    @Override
    public void avoided(String member, long untilNanos) {}

    @Override
    public void blobMismatch(BlobKey key) {
      noted.add("blob mismatch");
    }

    @Override
    public void blamed(String member, BlobKey key, int chunk) {
      noted.add("blamed " + member);
    }

    @Override
    public void storageFailed(BlobKey key, Exception cause) {
      noted.add("storage failed");
    }

    @Override
    public void failed(RuntimeException cause) {
      noted.add("bug: " + cause);
    }
  }

  final TestUpstream upstream;
  final List<One> all = new ArrayList<>();
  private final Membership membership;
  private final Transport transport = Transport.start(2);
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final PeerListener listener = new SilentListener();
  private final PeerSurroundings surroundings =
      new PeerSurroundings(transport, workers, System::nanoTime, InstantSource.system());

  Nodes(int count, Path directory, TestUpstream upstream) throws IOException {
    this.upstream = upstream;
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      One node = new One("node-" + i, directory.resolve("node-" + i));
      all.add(node);
      members.add(
          new Member(node.name, "", "127.0.0.1:" + node.endpoint.address().getPort(), true));
    }
    membership = Membership.of(1, members);
    for (int i = 0; i < count; i++) {
      all.get(i).boot(membership, i + 1);
    }
  }

  /** The name of a blob's home. */
  String home(BlobKey key) {
    return new Placement(membership).ranked(key.digest(), 0, 1).getFirst().name();
  }

  One get(int i) {
    return all.get(i);
  }

  /** Lets these nodes want a blob at once, and waits for what becomes of it. */
  List<WantOutcome> pull(BlobKey key, int... which) throws Exception {
    List<CompletableFuture<WantOutcome>> outcomes = new ArrayList<>();
    for (int i : which) {
      outcomes.add(all.get(i).want(key));
    }
    List<WantOutcome> ended = new ArrayList<>();
    for (CompletableFuture<WantOutcome> outcome : outcomes) {
      ended.add(outcome.get(60, TimeUnit.SECONDS));
    }
    return ended;
  }

  List<String> troubles() {
    return all.stream().flatMap(node -> node.troubles.stream()).toList();
  }

  @Override
  public void close() {
    all.forEach(One::die);
    transport.close();
    workers.close();
  }
}
