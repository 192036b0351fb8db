package io.mlserve.serving;

import io.mlserve.batch.BatchSizing;
import io.mlserve.error.MlserveException;
import io.mlserve.model.InferRequest;
import io.mlserve.model.Signature;
import io.mlserve.model.Tensor;
import io.mlserve.runtime.BoundRun;
import io.mlserve.runtime.OnnxModel;
import java.util.Arrays;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Times a version before its first request: what one row costs, and what more rows in one run cost.
 * Takes a fifth of a second at most, besides one run that takes longer.
 */
final class Calibration {
  private static final Logger log = LoggerFactory.getLogger(Calibration.class);

  private static final long BUDGET_NANOS = 200_000_000;
  private static final long SLOW_NANOS = 20_000_000; // of which one run says enough
  private static final long MOST_BYTES = 8 << 20;
  private static final int MOST_REPEATS = 9;

  private final long start = System.nanoTime();

  private Calibration() {}

  /**
   * Tells {@code sizing} what runs cost.
   *
   * @param rows most of a run; 1 for a model that gets no batches
   */
  static void run(OnnxModel model, int rows, BatchSizing sizing) {
    Calibration calibration = new Calibration();
    int[] sizes = new int[Integer.SIZE];
    long[] nanos = new long[Integer.SIZE];
    int count = 0;
    try {
      for (int size = 1; size <= rows && calibration.goesOn(); size *= 2) {
        long took = rows == 1 ? calibration.single(model) : calibration.together(model, size);
        if (took > 0) {
          sizes[count] = size;
          nanos[count++] = took;
        }
      }
    } catch (MlserveException e) {
      log.debug("not all sizes can be run: {}", e.message());
    }
    sizing.calibrate(Arrays.copyOf(sizes, count), Arrays.copyOf(nanos, count));
  }

  private boolean goesOn() {
    return System.nanoTime() - start < BUDGET_NANOS;
  }

  private long single(OnnxModel model) {
    InferRequest request = InferRequest.of(WarmUp.inputs(model.signature()));
    return fastest(() -> model.run(request, ProbeInputs::memory));
  }

  /** 0 if so many rows are too much to try. */
  private long together(OnnxModel model, int rows) {
    Signature signature = model.signature();
    Map<String, Tensor> inputs = ProbeInputs.of(signature, rows, 1);
    long bytes =
        inputs.values().stream()
            .mapToLong(tensor -> ((Tensor.Numbers) tensor).data().capacity())
            .sum();
    if (rows > 1 && bytes > MOST_BYTES) {
      return 0;
    }
    try (BoundRun run = model.bind(inputs, ProbeInputs::memory).orElse(null)) {
      return run == null ? 0 : fastest(run::run);
    }
  }

  // The first run at a size is slower, and any may lose the core for a while.
  private long fastest(Runnable run) {
    long best = Long.MAX_VALUE;
    for (int i = 0; i < MOST_REPEATS && (i == 0 || goesOn()) && best > 0; i++) {
      long begun = System.nanoTime();
      run.run();
      best = Math.min(best, System.nanoTime() - begun);
      if (best > SLOW_NANOS) {
        return best;
      }
    }
    return best;
  }
}
