package io.mlserve.serving;

import io.mlserve.batch.BatchSizing;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.metrics.Protocol;
import io.mlserve.metrics.ServingMetrics;
import io.mlserve.model.InferRequest;
import io.mlserve.model.Value;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The way of every prediction, whatever its dialect: admitted or refused at once, leased, read, run
 * with others or alone, answered and counted. Fast models run on the event loop that read the
 * request, the others on threads that no event loop waits for. Thread-safe.
 */
public final class InferencePool {
  private final ModelRegistry models;
  private final Admission admission;
  private final Ledger ledger;
  private final Threads threads;
  private final Function<Servable, VersionLanes> opening = this::open;
  private volatile Map<Thread, LoopLane> lanes = Map.of(); // replaced as a whole

  /**
   * Where slow models run.
   *
   * @param executor must not let tasks wait for one another
   * @param perVersion how many of its threads one version may have
   */
  public record Threads(Executor executor, int perVersion) {}

  public InferencePool(
      ModelRegistry models, Admission admission, ServingMetrics metrics, Threads threads) {
    this.models = models;
    this.admission = admission;
    this.threads = threads;
    this.ledger = new Ledger(models, admission, metrics);
  }

  /**
   * One prediction, as its dialect sees it. The pool calls {@link #decode}, {@link #answer}, {@link
   * #explain} and {@link #fail} on one thread at a time, and in the end {@link #finish}.
   */
  public interface Call {
    Target target();

    /** The dialect, for metrics. */
    Protocol protocol();

    /** {@code System.nanoTime()} when the whole request was there. */
    long startNanos();

    /** {@code System.nanoTime()} by which it must be answered. */
    long deadlineNanos();

    /** Whether nobody waits for an answer any more: it took too long, or the client went away. */
    boolean isOver();

    /** Whether to read it would hold up an event loop. */
    boolean isLarge();

    /** It has to wait for its turn: if that takes too long, the client is to be told in time. */
    void waits();

    /**
     * The request as tensors. May be called again, if it did not fit where it was to go.
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
   * From now on the calling thread, an event loop, runs fast models itself.
   *
   * @param loop runs tasks on the calling thread, when it has looked at all of its sockets
   */
  public synchronized void adopt(Executor loop) {
    Map<Thread, LoopLane> more = new HashMap<>(lanes);
    more.put(Thread.currentThread(), new LoopLane(loop));
    lanes = Map.copyOf(more);
  }

  /**
   * Takes {@code call} over and sees to its end, on an event loop before this returns or soon after
   * it. {@code RESOURCE_EXHAUSTED} if too many are under way, or if this one could not be answered
   * in time: then it was not taken.
   */
  public void submit(Call call) {
    if (!admission.tryEnter()) {
      ledger.refused(call, ErrorCode.RESOURCE_EXHAUSTED);
      throw MlserveException.refusal(
          "more than " + admission.limit() + " requests are under way, try again");
    }
    Found found = models.find(call.target());
    if (found instanceof Found.Leased leased) {
      submit(call, leased.lease());
    } else if (found instanceof Found.Absent absent) {
      ledger.absent(call, absent.remarkOn(call.explain(absent.why())));
    }
  }

  private void submit(Call call, Lease<Servable> lease) {
    Servable servable = lease.value();
    VersionLanes version = servable.lanes(opening);
    BatchSizing.Decision sizing = servable.sizing().decision();
    LoopLane loop = sizing.onLoop() && !call.isLarge() ? lane() : null;
    if (loop != null) {
      ledger.entered(call, servable);
      if (loop.take(call, lease, version, sizing)) {
        return;
      }
    } else {
      refuseIfLate(call, lease, version);
      ledger.entered(call, servable);
    }
    call.waits();
    version.pool().take(call, lease, threads.executor());
  }

  private @Nullable LoopLane lane() {
    return lanes.get(Thread.currentThread());
  }

  private VersionLanes open(Servable servable) {
    return new VersionLanes(servable, ledger, threads.perVersion());
  }

  private void refuseIfLate(Call call, Lease<Servable> lease, VersionLanes version) {
    OptionalLong late = version.pool().lateness(call.startNanos());
    if (late.isEmpty()) {
      return;
    }
    ledger.refused(call, lease.value(), ErrorCode.RESOURCE_EXHAUSTED);
    lease.close();
    admission.leave();
    throw MlserveException.refusal("the queue is too long to answer in time, try again");
  }
}
