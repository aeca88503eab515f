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
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * One of the two nodes of {@link PeerThroughput}: gives and takes, 16 chunks at a time, as it is
 * told on its standard input.
 */
final class ThroughputNode {
  private static final int AT_A_TIME = 16;
  private static final int CHUNKS = 16;
  private static final Digest BLOB = Digest.sha256("some blob");

  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final PeerListener silent = new SilentListener();
  private final PeerSurroundings surroundings =
      new PeerSurroundings(
          Transport.start(Runtime.getRuntime().availableProcessors()),
          workers,
          System::nanoTime,
          InstantSource.system());
  private final FileChannel source = temporary();
  private final FileChannel sink = temporary();
  private final AtomicInteger lost = new AtomicInteger();
  private final String name;
  private final boolean stores;
  private final Optional<PeerTls> tls;
  private final PeerClient plainClient;
  private final PeerClient tlsClient;

  private ThroughputNode(String name, boolean stores, IdentityFiles files) throws IOException {
    this.name = name;
    this.stores = stores;
    this.tls = Optional.of(tls(files));
    this.plainClient = client(Optional.empty());
    this.tlsClient = client(tls);
    byte[] chunk = new byte[ChunkGrid.CHUNK_BYTES];
    for (int i = 0; i < CHUNKS; i++) {
      new Random(i).nextBytes(chunk);
      source.write(ByteBuffer.wrap(chunk));
    }
  }

  /** Arguments: the node's name, {@code store} or {@code drop}, certificate, key, authority. */
  public static void main(String[] arguments) throws Exception {
    IdentityFiles files =
        new IdentityFiles(
            Path.of(arguments[2]), Path.of(arguments[3]), Path.of(arguments[4]));
    ThroughputNode node =
        new ThroughputNode(arguments[0], arguments[1].equals("store"), files);
    int plain = node.endpoint(Optional.empty()).address().getPort();
    int secured = node.endpoint(node.tls).address().getPort();
    System.out.println(plain + " " + secured);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ");
      System.out.println(
          words[0].equals("load")
              ? node.load(words[1], words[2], Integer.parseInt(words[3]))
              : String.valueOf(processorNanos()));
    }
    System.exit(0);
  }

  private static long processorNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static FileChannel temporary() throws IOException {
    return FileChannel.open(
        Files.createTempFile("throughput", null),
        StandardOpenOption.READ,
        StandardOpenOption.WRITE,
        StandardOpenOption.DELETE_ON_CLOSE);
  }

  private PeerTls tls(IdentityFiles files) {
    return new PeerTls(
        files,
        name,
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

  private PeerClient client(Optional<PeerTls> by) {
    return new PeerClient(name, PeerSettings.DEFAULT, by, surroundings, silent);
  }

  private PeerEndpoint endpoint(Optional<PeerTls> by) throws IOException {
    return PeerEndpoint.start(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        name,
        PeerSettings.DEFAULT,
        by,
        new Source(),
        surroundings,
        silent);
  }

  /** Takes for so many seconds; says how many bytes came in how many nanoseconds. */
  private String load(String mode, String port, int seconds) throws Exception {
    PeerClient client = mode.equals("tls") ? tlsClient : plainClient;
    Member peer = new Member("giver", "", "127.0.0.1:" + port, true);
    Semaphore free = new Semaphore(AT_A_TIME);
    long start = System.nanoTime();
    long chunks = 0;
    while (System.nanoTime() - start < seconds * 1_000_000_000L) {
      free.acquire();
      int chunk = (int) (chunks++ % CHUNKS);
      client.fetch(peer, new ChunkRequest(BLOB, chunk, 0, false), new Sink(chunk, free));
    }
    free.acquire(AT_A_TIME);
    return (chunks - lost.getAndSet(0)) * ChunkGrid.CHUNK_BYTES + " " + (System.nanoTime() - start);
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
      // A node that is starved of its processor may dial too long: it tries again with the next.
      lost.incrementAndGet();
      free.release();
    }
  }
}
