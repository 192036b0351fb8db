package io.mlserve.serving;

import io.mlserve.batch.BatchSizing;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.metrics.LifeMetrics;
import io.mlserve.metrics.LifeMetrics.Stage;
import io.mlserve.metrics.ServingMetrics;
import io.mlserve.model.ModelName;
import io.mlserve.model.Signature;
import io.mlserve.runtime.OnnxModel;
import io.mlserve.store.ControlFlow;
import io.mlserve.store.ModelDigest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Turns model files into servables that have been checked: the file loads, its signature suits the
 * clients of the version before, it runs. Loads are one at a time, whatever asks for them, because
 * they take the cores and the memory of the requests. Thread-safe.
 */
public final class ServableLoader {
  private static final int AT_ONCE = 1;

  // Nobody waits longer for his turn: a load that hangs, on storage that is gone, must not hold up
  // the models that could be loaded.
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final ServingOptions options;
  private final LifeMetrics life;
  private final Semaphore loads = new Semaphore(AT_ONCE, true);

  /** One whose loads nobody counts. */
  public ServableLoader(ServingOptions options) {
    this(options, new ServingMetrics().life());
  }

  ServableLoader(ServingOptions options, LifeMetrics life) {
    this.options = options;
    this.life = life;
  }

  /**
   * Loads {@code file} and checks it against {@code before}, the signature served until now. What
   * fails leaves nothing behind. {@code ABORTED} when interrupted while it waits for its turn.
   */
  public Servable load(ModelName name, long version, Path file, Optional<Signature> before) {
    boolean turn;
    try {
      turn = loads.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MlserveException(
          ErrorCode.ABORTED, "interrupted before " + file + " was loaded", e);
    }
    try {
      long start = System.nanoTime();
      OnnxModel model = OnnxModel.load(file, options.runtime());
      life.stage(name, Stage.OPEN, Duration.ofNanos(System.nanoTime() - start));
      boolean fit = false;
      try {
        check(name, model, before);
        fit = true;
        return new Servable(name, version, loaded(model, file));
      } finally {
        if (!fit) {
          model.close();
        }
      }
    } finally {
      if (turn) {
        loads.release();
      }
    }
  }

  /** Finds out how it is to be run; without a warm-up nothing is known, and all is slow. */
  private Servable.Loaded loaded(OnnxModel model, Path file) {
    boolean fixed = BatchProbe.rowsAreFixed(model.signature());
    boolean steady = !ControlFlow.isIn(file); // else one row may hold up those that share its run
    boolean batches =
        steady && options.warmUp() && options.batching().maxRows() > 1 && BatchProbe.batches(model);
    boolean bounded = fixed && steady;
    BatchSizing sizing = new BatchSizing(options.batching(), bounded, batches);
    if (options.warmUp()) {
      Calibration.run(model, batches ? options.batching().maxRows() : 1, sizing);
    }
    Servable.Origin origin =
        new Servable.Origin(file, file.toFile().length(), ModelDigest.of(file).orElse(""));
    return new Servable.Loaded(model, origin, batches, fixed, sizing);
  }

  private void check(ModelName name, OnnxModel model, Optional<Signature> before) {
    if (!options.signatureChanges()) {
      before
          .flatMap(signature -> signature.incompatibility(model.signature()))
          .ifPresent(
              difference -> {
                throw new MlserveException(
                        ErrorCode.FAILED_PRECONDITION,
                        "signature would break clients of the version before: " + difference)
                    .withHint("if that is intended: --signature-change allow");
              });
    }
    if (options.warmUp()) {
      long start = System.nanoTime();
      WarmUp.run(model);
      life.stage(name, Stage.WARMUP, Duration.ofNanos(System.nanoTime() - start));
    }
  }
}
