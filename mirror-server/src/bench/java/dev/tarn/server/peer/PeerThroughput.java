package dev.tarn.server.peer;

import com.sun.management.OperatingSystemMXBean;
import dev.tarn.core.digest.Algorithm;
import dev.tarn.core.digest.Digest;
import dev.tarn.core.placement.Member;
import dev.tarn.core.planner.Answer;
import dev.tarn.core.planner.Event.FetchFailure;
import dev.tarn.core.planner.Question;
import dev.tarn.core.range.ChunkGrid;
import dev.tarn.server.net.Transport;
import dev.tarn.server.peer.tls.IdentityFiles;
import dev.tarn.server.peer.tls.PeerTls;
import dev.tarn.server.peer.wire.ChunkRequest;
import dev.tarn.server.peer.wire.ChunkTail;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * What two nodes in one process move over loopback, 16 chunks at a time, plain and by mutual TLS,
 * and what it costs both together. Arguments: seconds for each figure; {@code store} to hash and
 * write what comes, as a node does, or {@code drop}. Not by JMH, which has no processor time.
 */
public final class PeerThroughput {
  private static final int AT_A_TIME = 16;
  private static final int CHUNKS = 16;
  private static final Digest BLOB = Digest.sha256("some blob");

  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final FileChannel source = temporary();
  private final FileChannel sink = temporary();
  private final boolean stores;

  private PeerThroughput(boolean stores) throws IOException {
    this.stores = stores;
    byte[] chunk = new byte[ChunkGrid.CHUNK_BYTES];
    for (int i = 0; i < CHUNKS; i++) {
      new Random(i).nextBytes(chunk);
      source.write(ByteBuffer.wrap(chunk));
    }
  }

  private static FileChannel temporary() throws IOException {
    return FileChannel.open(
        Files.createTempFile("throughput", null),
        StandardOpenOption.READ,
        StandardOpenOption.WRITE,
        StandardOpenOption.DELETE_ON_CLOSE);
  }

  /** Runs both, twice, the first time to warm up. */
  public static void main(String[] arguments) throws Exception {
    int seconds = Integer.parseInt(arguments[0]);
    boolean stores = arguments[1].equals("store");
    PeerPki pki = PeerPki.create();
    Optional<IdentityFiles> a = Optional.of(pki.node("a"));
    Optional<IdentityFiles> b = Optional.of(pki.node("b"));
    PeerThroughput run = new PeerThroughput(stores);
    for (int round = 0; round < 3; round++) {
      run.measure("plain", seconds, Optional.empty(), Optional.empty());
      run.measure("tls  ", seconds, a, b);
    }
  }

  private PeerTls tls(IdentityFiles files, String node) {
    return new PeerTls(
        files,
        node,
        Duration.ofSeconds(5),
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

  private void measure(
      String name, int seconds, Optional<IdentityFiles> a, Optional<IdentityFiles> b)
      throws Exception {
    PeerListener silent = new SilentListener();
    try (Transport transport = Transport.start(2)) {
      PeerSurroundings surroundings =
          new PeerSurroundings(transport, workers, System::nanoTime, InstantSource.system());
      try (PeerEndpoint endpoint =
              PeerEndpoint.start(
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                  "b",
                  PeerSettings.DEFAULT,
                  b.map(files -> tls(files, "b")),
                  new Source(),
                  surroundings,
                  silent);
          PeerClient client =
              new PeerClient(
                  "a",
                  PeerSettings.DEFAULT,
                  a.map(files -> tls(files, "a")),
                  surroundings,
                  silent)) {
        Member peer = new Member("b", "", "127.0.0.1:" + endpoint.address().getPort(), true);
        load(name, seconds, client, peer);
      }
    }
  }

  private void load(String name, int seconds, PeerClient client, Member peer) throws Exception {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    Semaphore free = new Semaphore(AT_A_TIME);
    long cpu = system.getProcessCpuTime();
    long start = System.nanoTime();
    long chunks = 0;
    while (System.nanoTime() - start < seconds * 1_000_000_000L) {
      free.acquire();
      int chunk = (int) (chunks++ % CHUNKS);
      client.fetch(peer, new ChunkRequest(BLOB, chunk, 0, false), new Sink(chunk, free));
    }
    free.acquire(AT_A_TIME);
    double took = (System.nanoTime() - start) / 1e9;
    double gigabytes = chunks * (double) ChunkGrid.CHUNK_BYTES / 1e9;
    double used = (system.getProcessCpuTime() - cpu) / 1e9;
    System.out.printf(
        "%s %.0f MB/s, %.2f s of processor per GB%n",
        name, gigabytes * 1000 / took, used / gigabytes);
  }

  /** Serves chunks of the file. */
  private final class Source implements PeerService {
    @Override
    public void asked(String from, Question question, Consumer<Answer> reply) {
      reply.accept(new Answer.Noted());
    }

    @Override
    public void fetchAsked(String from, ChunkRequest request, Upload upload) {
      upload.serve(new WholeChunk(request.chunk()));
    }
  }

  /** A chunk that is all there. */
  private final class WholeChunk implements ChunkBody {
    private final int chunk;

    WholeChunk(int chunk) {
      this.chunk = chunk;
    }

    @Override
    public long blobSize() {
      return (long) CHUNKS * ChunkGrid.CHUNK_BYTES;
    }

    @Override
    public long start() {
      return (long) chunk * ChunkGrid.CHUNK_BYTES;
    }

    @Override
    public FileChannel channel() {
      return source;
    }

    @Override
    public boolean firstCopy() {
      return false;
    }

    @Override
    public State state(long offset) {
      return offset < ChunkGrid.CHUNK_BYTES
          ? new State.Ready(ChunkGrid.CHUNK_BYTES)
          : new State.End(new ChunkTail(BLOB, "b"));
    }

    @Override
    public void onProgress(long offset, Runnable wake) {
      wake.run();
    }

    @Override
    public void close() {}
  }

  /** Takes a chunk as a node does, or drops it. */
  private final class Sink implements ChunkReceiver {
    private final MessageDigest hash = Algorithm.SHA256.newHash();
    private final Semaphore free;
    private long position;

    Sink(int chunk, Semaphore free) {
      this.free = free;
      this.position = (long) chunk * ChunkGrid.CHUNK_BYTES;
    }

    @Override
    public void accepted(long blobSize) {}

    @Override
    public void bytes(ByteBuffer bytes) throws IOException {
      if (stores) {
        hash.update(bytes.duplicate());
        position += sink.write(bytes, position);
      }
    }

    @Override
    public void finished(ChunkTail tail) {
      free.release();
    }

    @Override
    public void failed(FetchFailure reason) {
      throw new IllegalStateException(reason.toString());
    }
  }
}
