package io.mlserve.serving;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.metrics.Protocol;
import io.mlserve.metrics.ServingMetrics;
import io.mlserve.metrics.VersionCounters;
import io.mlserve.model.InferRequest;
import io.mlserve.model.Value;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
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

    /** The dialect, for metrics. */
    Protocol protocol();

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
          metrics.begun();
          try {
            serve(call);
          } finally {
            admission.leave();
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
      absent(call, why.code());
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
    servable.counters().entered(call.target().selector());
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
      servable.counters().left();
      tensors.reset();
    }
  }

  private void infer(Call call, Servable servable, TensorMemory tensors) throws IOException {
    long begun = System.nanoTime();
    servable.counters().queued(begun - call.startNanos());
    InferRequest request = call.decode(servable, tensors);
    long decoded = System.nanoTime();
    servable.statistics().ran(request.rows());
    Map<String, Value> outputs = servable.infer(request, tensors);
    long inferred = System.nanoTime();
    servable.counters().executed(request.rows(), request.rows(), inferred - decoded);
    boolean inTime = call.answer(servable, request, outputs);
    long answered = System.nanoTime();
    if (inTime) {
      servable
          .statistics()
          .succeeded(
              request.rows(),
              new ServableStatistics.Times(call.startNanos(), begun, decoded, inferred, answered));
      servable
          .counters()
          .answered(call.protocol(), call.target().selector(), answered - call.startNanos());
    } else {
      failed(call, servable, ErrorCode.DEADLINE_EXCEEDED);
    }
  }

  private void failed(Call call, Servable servable, MlserveException why) {
    failed(call, servable, why.code());
    call.fail(why);
  }

  private static void failed(Call call, Servable servable, ErrorCode code) {
    long took = System.nanoTime() - call.startNanos();
    servable.statistics().failed(took);
    servable.counters().failed(call.protocol(), call.target().selector(), code, took);
  }

  // Turned away though a version may be there: it is asked for all the same.
  private void refused(Call call, ErrorCode code) {
    Target target = call.target();
    if (models.find(target) instanceof Found.Leased leased) {
      try (Lease<Servable> lease = leased.lease()) {
        lease.value().counters().refused(call.protocol(), target.selector(), code);
      }
    } else {
      absent(call, code);
    }
  }

  // Charged to the version that it names if that was there not long ago, so that one can see who
  // still asks for it.
  private void absent(Call call, ErrorCode code) {
    Target target = call.target();
    Optional<ServedModel> model = models.model(target.model());
    Optional<VersionCounters> gone = model.flatMap(one -> one.counters(target.version()));
    if (gone.isPresent()) {
      gone.get().refused(call.protocol(), target.selector(), code);
    } else {
      model
          .map(ServedModel::counters)
          .orElse(metrics.unknown())
          .refused(call.protocol(), target.selector(), code);
    }
  }
}
