package dev.tarn.server.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.core.store.BlobStore.Admission;
import dev.tarn.core.store.DiskBlobStore;
import dev.tarn.core.store.FileSystemSpace;
import dev.tarn.core.store.StoreOptions;
import dev.tarn.core.transfer.Transfer;
import dev.tarn.core.transfer.TransferFailure;
import dev.tarn.core.transfer.TransferPolicy;
import dev.tarn.core.transfer.TransferReader;
import dev.tarn.server.testing.Sample;
import dev.tarn.server.upstream.Caller;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs ahead of the run in order, each when the test says so, on the test's own thread. */
final class FetchAheadTest {
  private static final int MIB = 1024 * 1024;
  private static final int FAR = 8 * MIB;
  private static final Sample BLOB = Sample.blob(7, 48 * MIB);

  @TempDir private Path directory;

  /** Runs that were started and wait for their turn. */
  private final ArrayDeque<Runnable> runs = new ArrayDeque<>();

  private final PartsUpstream upstream = new PartsUpstream(BLOB);
  private DiskBlobStore store;
  private Transfer transfer;
  private BlobCarrier carrier;
  private TransferReader reader;

  @BeforeEach
  void start() throws IOException {
    Clock clock = Clock.systemUTC();
    store =
        DiskBlobStore.open(
            StoreOptions.defaults(directory), clock, FileSystemSpace.of(directory), Runnable::run);
    Admission admission = store.admit(BLOB.digest(), BLOB.size());
    assertThat(admission).isInstanceOf(Admission.Admitted.class);
    transfer =
        new Transfer(((Admission.Admitted) admission).partial(), TransferPolicy.DEFAULT, () -> 0L);
    reader = Objects.requireNonNull(transfer.join());
    Rights rights = RecordedRights.open(directory, new Registries(List.of())).rights();
    carrier =
        new BlobCarrier(
            new Wanted.OfBlob(
                new Scope(
                    RegistryHost.parse("registry.test").orElseThrow(),
                    RepositoryName.parse("library/app").orElseThrow()),
                transfer.digest(),
                Caller.anonymous()),
            upstream,
            transfer,
            new BlobFetch.Tools(
                store,
                rights,
                MirrorListener.NONE,
                attempt -> {},
                () -> 0L,
                wrong -> {},
                () -> false,
                runs::add));
  }

  @AfterEach
  void stop() throws IOException {
    if (!transfer.isOver()) {
      transfer.fail(TransferFailure.SOURCE);
      transfer.writerDone();
    }
    reader.close();
    store.close();
    assertThat(upstream.openContents()).as("contents left open").isZero();
  }

  private void runAll() {
    while (!runs.isEmpty()) {
      runs.remove().run();
    }
  }

  @Test
  void aReaderFarAheadGetsARunFromWhereItWaits() {
    carrier.fetchAhead(reader, 20L * MIB);
    runAll();

    assertThat(upstream.offsets()).containsExactly(20L * MIB);
    assertThat(transfer.firstMissing(20L * MIB)).isEqualTo(BLOB.size());
    assertThat(transfer.firstMissing(0)).isZero();
  }

  @Test
  void aReaderThatTheRunInOrderReachesSoonGetsNone() {
    carrier.fetchAhead(reader, FAR - 1);

    assertThat(runs).isEmpty();
    carrier.fetchAhead(reader, FAR);
    assertThat(runs).hasSize(1);
    runAll();
  }

  @Test
  void whatIsHereAlreadyIsNotFetchedAhead() {
    carrier.fetchAhead(reader, 20L * MIB);
    runAll();

    carrier.fetchAhead(reader, 30L * MIB);

    assertThat(runs).isEmpty();
  }

  @Test
  void aReaderShortlyBehindWhereARunIsAtWorkSharesIt() {
    carrier.fetchAhead(reader, 20L * MIB);
    carrier.fetchAhead(reader, 20L * MIB + FAR - 1);

    assertThat(runs).hasSize(1);
    runAll();
  }

  @Test
  void aReaderBeforeARunGetsItsOwnWhichEndsWhereTheOtherBegan() {
    carrier.fetchAhead(reader, 30L * MIB);
    runAll();
    carrier.fetchAhead(reader, 20L * MIB);
    runAll();

    assertThat(upstream.offsets()).containsExactly(30L * MIB, 20L * MIB);
    assertThat(transfer.receivedBytes()).isEqualTo(BLOB.size() - 20L * MIB);
    assertThat(upstream.bytesTaken()).isLessThanOrEqualTo(28L * MIB + PartsUpstream.PART_BYTES);
  }

  @Test
  void noMoreThanThreeRunAtOnceAndAPlaceThatGotFreeIsTaken() {
    for (long at : List.of(44L, 34L, 24L, 14L)) {
      carrier.fetchAhead(reader, at * MIB);
    }
    assertThat(runs).hasSize(3);

    runs.remove().run();
    carrier.fetchAhead(reader, 14L * MIB);
    assertThat(runs).hasSize(3);
    runAll();
  }

  @Test
  void aRunEndsWhenItsReaderIsGone() {
    carrier.fetchAhead(reader, 20L * MIB);
    reader.close();
    runAll();

    assertThat(transfer.receivedBytes()).isEqualTo(PartsUpstream.PART_BYTES);
  }

  @Test
  void anUpstreamWithoutRangesIsNotReadFromItsStart() {
    upstream.ignoreRanges();

    carrier.fetchAhead(reader, 20L * MIB);
    runAll();

    assertThat(upstream.offsets()).containsExactly(20L * MIB);
    assertThat(transfer.receivedBytes()).isZero();
  }

  @Test
  void aRunThatBreaksOffEndsNothingButItself() {
    upstream.breakOffAfter(2);

    carrier.fetchAhead(reader, 20L * MIB);
    runAll();

    assertThat(transfer.isOver()).isFalse();
    assertThat(transfer.receivedBytes()).isEqualTo(2L * PartsUpstream.PART_BYTES);
    carrier.fetchAhead(reader, 40L * MIB);
    assertThat(runs).as("its place is free").hasSize(1);
    runAll();
  }

  @Test
  void theRunInOrderSkipsWhatWasFetchedAheadAndTheDigestMatches() {
    carrier.fetchAhead(reader, 20L * MIB);
    runAll();

    carrier.carry(upstream.from(0));

    assertThat(transfer.failure()).isNull();
    assertThat(store.sizeOf(BLOB.digest())).hasValue(BLOB.size());
    assertThat(upstream.bytesTaken())
        .as("hardly a byte twice")
        .isLessThanOrEqualTo(BLOB.size() + PartsUpstream.PART_BYTES);
  }

  @Test
  void whatIsOverGetsNoRun() {
    carrier.carry(upstream.from(0));

    carrier.fetchAhead(reader, 20L * MIB);

    assertThat(runs).isEmpty();
  }
}
