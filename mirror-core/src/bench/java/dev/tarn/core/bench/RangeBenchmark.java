package dev.tarn.core.bench;

import dev.tarn.core.range.RangeRequest;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Reading a Range header and applying it to a size. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RangeBenchmark {
  private static final long SIZE_BYTES = 300_000_000;

  @Param({"bytes=4194304-8388607", "bytes=104857600-", "bytes=-1048576"})
  public String header;

  @Benchmark
  public RangeRequest.Resolved parseAndResolve() {
    return RangeRequest.parse(header).resolve(SIZE_BYTES);
  }
}
