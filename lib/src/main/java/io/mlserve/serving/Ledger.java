package io.mlserve.serving;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.metrics.ServingMetrics;
import io.mlserve.metrics.VersionCounters;
import io.mlserve.serving.InferencePool.Call;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of every call, written down in one place: the failures are told to the client, the
 * counts kept, and what a call held is given back. Thread-safe.
 */
final class Ledger {
  private static final Logger log = LoggerFactory.getLogger(Ledger.class);

  private final ModelRegistry models;
  private final Admission admission;
  private final ServingMetrics metrics;

  Ledger(ModelRegistry models, Admission admission, ServingMetrics metrics) {
    this.models = models;
    this.admission = admission;
    this.metrics = metrics;
  }

  /** {@code call} holds a version from now on; it says {@link #left} in the end. */
  void entered(Call call, Servable servable) {
    servable.statistics().entered();
    servable.counters().entered(call.target().selector());
  }

  /** A call waits for a thread to take it. */
  void queued() {
    metrics.admitted();
  }

  /** A thread takes a call that was {@link #queued}. */
  void taken() {
    metrics.begun();
  }

  /** Whether nobody waits for an answer to {@code call} any more. */
  boolean isOver(Call call, long now) {
    return now - call.deadlineNanos() > 0 || call.isOver();
  }

  /** {@code call} was answered, unless {@code inTime} says that it was too late. */
  void answered(Call call, Servable servable, boolean inTime, ServableStatistics.Times times) {
    long took = times.answered() - times.arrived();
    servable.counters().queued(times.queued());
    if (inTime) {
      servable.statistics().succeeded(times);
      servable.counters().answered(call.protocol(), call.target().selector(), took);
    } else {
      failed(call, servable, ErrorCode.DEADLINE_EXCEEDED);
    }
  }

  /** {@code call} was not run in time. It is answered so, if its own clock has not done it. */
  void expired(Call call, Servable servable) {
    long allowed = Math.round((call.deadlineNanos() - call.startNanos()) / 1e6);
    failed(
        call,
        servable,
        new MlserveException(ErrorCode.DEADLINE_EXCEEDED, "no answer within " + allowed + " ms"));
  }

  /** {@code call} failed, and the client is told why. */
  void failed(Call call, Servable servable, MlserveException why) {
    failed(call, servable, why.code());
    tell(call, why);
  }

  private static void failed(Call call, Servable servable, ErrorCode code) {
    long took = System.nanoTime() - call.startNanos();
    servable.statistics().failed(took);
    servable.counters().failed(call.protocol(), call.target().selector(), code, took);
  }

  /** {@code call} reached nothing that can answer, and the client is told so. */
  void absent(Call call, MlserveException why) {
    absent(call, why.code());
    tell(call, why);
    admission.leave();
    call.finish();
  }

  private static void tell(Call call, MlserveException why) {
    try {
      call.fail(why);
    } catch (RuntimeException e) { // of the connection: the other calls must not suffer for it
      log.warn("a failure could not be sent", e);
    }
  }

  /** The last thing that is said of a call that {@link #entered}. */
  void left(Call call, Lease<Servable> lease) {
    Servable servable = lease.value();
    servable.statistics().left();
    servable.counters().left();
    lease.close();
    admission.leave();
    call.finish();
  }

  /** {@code call} was turned away though a version may be there: it is asked for all the same. */
  void refused(Call call, ErrorCode code) {
    if (models.find(call.target()) instanceof Found.Leased leased) {
      try (Lease<Servable> lease = leased.lease()) {
        refused(call, lease.value(), code);
      }
    } else {
      absent(call, code);
    }
  }

  /** {@code call} was turned away by a version that had not taken it. */
  void refused(Call call, Servable servable, ErrorCode code) {
    servable.counters().refused(call.protocol(), call.target().selector(), code);
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
