package dev.tarn.core.bench;

import dev.tarn.core.digest.Algorithm;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Hashing what passes: the update of a hash by a buffer of 256 KiB, as a transfer does it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class DigestBenchmark {
  private static final int BUFFER_BYTES = 256 * 1024;

  @Param({"SHA256", "SHA512"})
  public Algorithm algorithm;

  @Param({"true", "false"})
  public boolean direct;

  private MessageDigest hash;
  private ByteBuffer bytes;

  @Setup
  public void prepare() {
    hash = algorithm.newHash();
    bytes = direct ? ByteBuffer.allocateDirect(BUFFER_BYTES) : ByteBuffer.allocate(BUFFER_BYTES);
  }

  @Benchmark
  public MessageDigest update() {
    hash.update(bytes.duplicate());
    return hash;
  }
}
