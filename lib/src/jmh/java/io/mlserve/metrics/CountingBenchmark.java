package io.mlserve.metrics;

import io.mlserve.model.ModelName;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to count one request, which is five events: that it came, waited, ran, was answered
 * and left. All threads count in the same cells.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class CountingBenchmark {
  private final VersionCounters counters = new ServingMetrics().introduce(new ModelName("m"), 1);

  @Benchmark
  public void oneThread() {
    count();
  }

  @Benchmark
  @Threads(8)
  public void eightThreads() {
    count();
  }

  private void count() {
    counters.entered(Selector.DEFAULT);
    counters.queued(50_000);
    counters.executed(2, 2, 300_000);
    counters.answered(Protocol.TFS_REST, Selector.DEFAULT, 400_000);
    counters.left();
  }
}
