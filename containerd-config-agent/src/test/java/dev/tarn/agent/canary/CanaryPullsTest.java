package dev.tarn.agent.canary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.agent.containerd.Findings;
import dev.tarn.agent.containerd.Prospect;
import dev.tarn.agent.follow.Scene;
import dev.tarn.agent.follow.Verdict;
import dev.tarn.agent.metrics.Page;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an agent that runs does with the canary; containerd is a socket that says what it is to. */
@Timeout(30)
class CanaryPullsTest {
  private static final int SEED = 7;
  private static final Duration INTERVAL = Duration.ofHours(1);

  /** Of a call that failed: settings, and headers that end the stream. */
  private static final byte[] REFUSAL =
      HexFormat.of().parseHex("000000040000000000" + "000000010500000001");

  @TempDir private Path directory;

  private final AtomicLong now = new AtomicLong(1_000_000);
  private final List<Containerd> containerds = new ArrayList<>();
  private final Set<String> reported = new LinkedHashSet<>();
  private List<String> arrived = List.of();
  private Path root;
  private Path socket;
  private CanaryPulls pulls;
  private Findings findings;

  @BeforeEach
  void make() throws IOException {
    root = Files.createDirectory(directory.resolve("certs.d"));
    socket = directory.resolve("c.sock");
    findings = findings("2.1.4");
    pulls =
        new CanaryPulls(
            new CanaryPulls.Settings(
                URI.create("http://127.0.0.1:5050"),
                Optional.empty(),
                INTERVAL,
                Duration.ofSeconds(20),
                Duration.ofSeconds(20)),
            Path::of,
            new Random(SEED),
            now::get);
  }

  @AfterEach
  void end() throws IOException {
    pulls.close();
    for (Containerd containerd : containerds) {
      containerd.close();
    }
  }

  @Test
  void onePullSaysThatContainerdComesAndLeavesNothing() throws IOException {
    containerd(REFUSAL);
    arrived = List.of(repository(1));

    pulls.turned(scene(true));

    await(() -> pulls.proof().isPresent());
    assertThat(pulls.proof()).contains(new Prospect.Effective());
    assertThat(reported).containsExactly(Sightings.line(repository(1)));
    assertThat(root).isEmptyDirectory();
    now.addAndGet(INTERVAL.toMillis() - 1);
    pulls.turned(scene(true));
    assertThat(pulled()).isEqualTo("1 0 0");
    now.addAndGet(1);
    arrived = List.of();
    pulls.turned(scene(true));
    await(() -> pulled().equals("1 1 0"));
  }

  @Test
  void aContainerdThatPulledAndDidNotComeIsIneffective() throws IOException {
    containerd(REFUSAL);

    pulls.turned(scene(true));

    await(() -> pulls.proof().isPresent());
    assertThat(pulls.proof()).containsInstanceOf(Prospect.Ineffective.class);
    assertThat(pulled()).isEqualTo("0 1 0");
    now.addAndGet(4_999);
    pulls.turned(scene(true));
    assertThat(containerds.getFirst().asked).hasValue(1);
    now.addAndGet(1);
    pulls.turned(scene(true));
    await(() -> pulled().equals("0 2 0"));
  }

  @Test
  void nothingIsPulledWhereNoEntryStandsOrSomebodyCame() throws IOException {
    containerd(REFUSAL);

    pulls.turned(scene(false));

    assertThat(pulls.proof()).isEmpty();
    assertThat(containerds.getFirst().asked).hasValue(0);
  }

  @Test
  void aSocketThatHangsHoldsNobodyUpAndItsEntryGoesAtTheEnd() throws IOException {
    containerd(new byte[0]);

    pulls.turned(scene(true));
    await(() -> Files.exists(root.resolve("canary.tarn.invalid/hosts.toml")));
    await(() -> containerds.getFirst().asked.get() == 1);
    pulls.turned(scene(true));
    assertThat(pulls.proof()).isEmpty();

    pulls.close();

    assertThat(root).isEmptyDirectory();
    pulls.turned(scene(true));
    assertThat(root).isEmptyDirectory();
    await(() -> Thread.getAllStackTraces().keySet().stream().noneMatch(CanaryPullsTest::isPull));
    assertThat(root).isEmptyDirectory();
  }

  @Test
  void anotherStartOfContainerdIsAskedAnew() throws IOException {
    containerd(REFUSAL);
    arrived = List.of(repository(1));
    pulls.turned(scene(true));
    await(() -> pulls.proof().isPresent());

    containerds.getFirst().close();
    containerd(REFUSAL);
    pulls.turned(scene(true));
    assertThat(pulls.proof()).isEmpty();

    now.addAndGet(30_000);
    arrived = List.of();
    pulls.turned(scene(true));
    await(() -> pulls.proof().isPresent());
    assertThat(pulls.proof()).containsInstanceOf(Prospect.Ineffective.class);
  }

  @Test
  void anotherVersionOfContainerdIsAskedAnew() throws IOException {
    containerd(REFUSAL);
    arrived = List.of(repository(1));
    pulls.turned(scene(true));
    await(() -> pulls.proof().isPresent());

    findings = findings("2.2.0");
    pulls.turned(scene(false));

    assertThat(pulls.proof()).isEmpty();
  }

  @Test
  void whatCannotBeToldNowDoesNotUndoWhatIsKnown() throws IOException {
    containerd(REFUSAL);
    arrived = List.of(repository(1));
    pulls.turned(scene(true));
    await(() -> pulls.proof().isPresent());
    Files.delete(root); // A mount that went away, for one.

    now.addAndGet(INTERVAL.toMillis());
    pulls.turned(scene(true));

    await(() -> pulled().equals("1 0 1"));
    assertThat(pulls.proof()).contains(new Prospect.Effective());
  }

  @Test
  void theSocketThatIsGivenGoesBeforeTheOneThatIsFound() throws IOException {
    containerd(REFUSAL);
    findings = findings("2.1.4", directory.resolve("other.sock"));
    pulls =
        new CanaryPulls(
            new CanaryPulls.Settings(
                URI.create("http://127.0.0.1:5050"),
                Optional.of(socket.toString()),
                INTERVAL,
                Duration.ofSeconds(20),
                Duration.ofSeconds(20)),
            Path::of,
            new Random(SEED),
            now::get);
    pulls.turned(scene(true));

    await(() -> containerds.getFirst().asked.get() == 1);
  }

  private static boolean isPull(Thread thread) {
    return thread.getName().equals("canary");
  }

  private String pulled() {
    Page page = new Page();
    pulls.write(page);
    StringBuilder figures = new StringBuilder();
    for (String line : page.toString().split("\n", -1)) {
      if (!line.isEmpty() && !line.startsWith("#")) {
        figures.append(figures.isEmpty() ? "" : " ").append(line.substring(line.indexOf("} ") + 2));
      }
    }
    return figures.toString();
  }

  /** The name that the {@code number}-th pull asks for. */
  private static String repository(int number) {
    Random random = new Random(SEED);
    byte[] name = new byte[12];
    for (int i = 0; i < number; i++) {
      random.nextBytes(name);
    }
    return HexFormat.of().formatHex(name);
  }

  private Scene scene(boolean wanted) {
    return new Scene(
        findings,
        wanted ? Optional.of(root.toString()) : Optional.empty(),
        false,
        new Verdict.Unknown("", ""));
  }

  private Findings findings(String version) {
    return findings(version, socket);
  }

  private Findings findings(String version, Path listening) {
    return new Findings(
        List.of(),
        Optional.of(version),
        Optional.empty(),
        listening.toString(),
        List.of(root.toString()),
        new Prospect.Effective(),
        List.of());
  }

  private void containerd(byte[] answer) throws IOException {
    containerds.add(new Containerd(socket, answer));
  }

  /** The mirror is asked meanwhile. */
  private void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
      reported.addAll(pulls.lines());
      pulls.told(arrived);
      LockSupport.parkNanos(10_000_000);
    }
  }

  /** A socket whose every request gets the same answer; nothing, where that is empty. */
  private static final class Containerd {
    private final ServerSocketChannel listener;
    private final Path socket;
    private final byte[] answer;
    private final List<SocketChannel> kept = new ArrayList<>();
    private final AtomicInteger asked = new AtomicInteger();

    Containerd(Path socket, byte[] answer) throws IOException {
      this.socket = socket;
      this.answer = answer;
      this.listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      listener.bind(UnixDomainSocketAddress.of(socket));
      Thread.ofPlatform().daemon().start(this::serve);
    }

    private void serve() {
      try {
        while (true) {
          SocketChannel channel = listener.accept();
          kept.add(channel);
          asked.incrementAndGet();
          channel.write(ByteBuffer.wrap(answer));
        }
      } catch (IOException _) {
        // The test is over.
      }
    }

    void close() throws IOException {
      listener.close();
      Files.deleteIfExists(socket);
    }
  }
}
