package io.mlserve.batch;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to decide about batches: after each run, before each request, and for admission.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class SizingBenchmark {
  private final BatchSizing sizing =
      new BatchSizing(
          new BatchOptions(64, Duration.ZERO, List.of(), Optional.of(Duration.ofMillis(50))),
          true,
          true);
  private int runs;

  @Setup
  public void calibrate() {
    sizing.calibrate(new int[] {1, 2, 4, 8}, new long[] {40_000, 50_000, 70_000, 110_000});
  }

  @Benchmark
  public void afterARun() {
    int rows = 1 + (runs++ & 31);
    sizing.observe(rows, 30_000 + 10_000L * rows);
  }

  @Benchmark
  @Threads(2)
  public BatchSizing.Decision beforeARequest() {
    return sizing.decision();
  }

  @Benchmark
  @Threads(2)
  public OptionalLong forAdmission() {
    return sizing.lateness(100, 2, 2, 10_000);
  }
}
