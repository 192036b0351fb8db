package io.mlserve.serving;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.metrics.ServingMetrics;
import io.mlserve.model.InferRequest;
import io.mlserve.model.Value;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of every prediction, whatever its dialect: admitted or refused at once, then on a worker
 * leased, decoded, run, answered and counted. Thread-safe.
 */
public final class InferencePool {
  private static final Logger log = LoggerFactory.getLogger(InferencePool.class);

  private final ModelRegistry models;
  private final Admission admission;
  private final ServingMetrics metrics;
  private final Executor workers;
  private final ThreadLocal<TensorMemory> memory = ThreadLocal.withInitial(TensorMemory::new);

  /**
   * @param workers as many as may run models at once; they may let calls wait, for admission bounds
   *     how many there are
   */
  public InferencePool(
      ModelRegistry models, Admission admission, ServingMetrics metrics, Executor workers) {
    this.models = models;
    this.admission = admission;
    this.metrics = metrics;
    this.workers = workers;
  }

  /**
   * One prediction, as its dialect sees it. The pool calls {@link #decode}, {@link #answer}, {@link
   * #explain} and {@link #fail} on a worker, never two at once, and in the end {@link #finish}.
   */
  public interface Call {
    Target target();

    /** How the dialect is called in metrics. */
    String protocol();

    /** {@code System.nanoTime()} when the whole request was there. */
    long startNanos();

    /** Whether nobody waits for an answer any more: it took too long, or the client went away. */
    boolean isOver();

    /**
     * The request as tensors.
     *
     * @param memory for them; valid until the answer is written
     */
    InferRequest decode(Servable servable, TensorMemory memory) throws IOException;

    /**
     * Writes and sends the answer.
     *
     * @param outputs valid until this returns
     * @return whether somebody was still waiting for it
     */
    boolean answer(Servable servable, InferRequest request, Map<String, Value> outputs)
        throws IOException;

    /** What the dialect says where the target leads to nothing. */
    MlserveException explain(Found.Absence why);

    /** Sends a failure, if nothing was sent before. */
    void fail(MlserveException why);

    /** The last thing that is called: the request's own memory may go. */
    void finish();
  }

  /**
   * Takes {@code call} over and sees to its end. {@code RESOURCE_EXHAUSTED} if too many are under
   * way: then it was not taken, and nothing of it was called.
   */
  public void submit(Call call) {
    if (!admission.tryEnter()) {
      refused(call, ErrorCode.RESOURCE_EXHAUSTED);
      throw new MlserveException(
          ErrorCode.RESOURCE_EXHAUSTED,
          "more than " + admission.limit() + " requests are under way, try again");
    }
    metrics.admitted();
    workers.execute(
        () -> {
          try {
            serve(call);
          } finally {
            admission.leave();
            metrics.left();
            call.finish();
          }
        });
  }

  private void serve(Call call) {
    if (call.isOver()) { // it waited past its time
      refused(call, ErrorCode.DEADLINE_EXCEEDED);
      return;
    }
    Found found = models.find(call.target());
    if (found instanceof Found.Absent absent) {
      MlserveException why = call.explain(absent.why());
      refused(call, why.code());
      call.fail(why);
    } else if (found instanceof Found.Leased leased) {
      try (Lease<Servable> lease = leased.lease()) {
        serve(call, lease.value());
      }
    }
  }

  private void serve(Call call, Servable servable) {
    TensorMemory tensors = memory.get();
    servable.statistics().entered();
    try {
      infer(call, servable, tensors);
    } catch (MlserveException e) {
      failed(call, servable, e);
    } catch (OutOfMemoryError e) { // of direct memory: the heap is not touched by tensors
      log.error("{} version {}: no memory", servable.name(), servable.version(), e);
      failed(
          call,
          servable,
          new MlserveException(ErrorCode.RESOURCE_EXHAUSTED, "no memory for this request", e));
    } catch (RuntimeException | IOException e) {
      log.error("{} version {}: unexpected failure", servable.name(), servable.version(), e);
      failed(call, servable, new MlserveException(ErrorCode.INTERNAL, "internal error", e));
    } finally {
      servable.statistics().left();
      tensors.reset();
    }
  }

  private void infer(Call call, Servable servable, TensorMemory tensors) throws IOException {
    long begun = System.nanoTime();
    InferRequest request = call.decode(servable, tensors);
    long decoded = System.nanoTime();
    servable.statistics().ran(request.rows());
    Map<String, Value> outputs = servable.infer(request, tensors);
    long inferred = System.nanoTime();
    boolean inTime = call.answer(servable, request, outputs);
    long answered = System.nanoTime();
    if (inTime) {
      servable
          .statistics()
          .succeeded(
              request.rows(),
              new ServableStatistics.Times(call.startNanos(), begun, decoded, inferred, answered));
    } else {
      servable.statistics().failed(answered - call.startNanos());
    }
    count(call, servable, inTime ? ServingMetrics.OK : ErrorCode.DEADLINE_EXCEEDED.name());
  }

  private void failed(Call call, Servable servable, MlserveException why) {
    servable.statistics().failed(System.nanoTime() - call.startNanos());
    count(call, servable, why.code().name());
    call.fail(why);
  }

  private void count(Call call, Servable servable, String code) {
    metrics.answered(
        servable.name().text(),
        Long.toString(servable.version()),
        call.protocol(),
        code,
        Duration.ofNanos(System.nanoTime() - call.startNanos()));
  }

  // A request that no version can be charged with.
  private void refused(Call call, ErrorCode code) {
    String model = call.target().model();
    metrics.refused(
        models.model(model).isPresent() ? model : ServingMetrics.UNKNOWN, call.protocol(), code);
  }
}
