package io.mlserve.bench;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** One run of one plan: starts the workers, waits for them and adds up what they saw. */
final class LoadRun {
  private static final long PROGRESS_MILLIS = 200;
  private static final long ABANDON_SECONDS = 2;

  private final Instant startedAt;
  private final long startNanos;
  private final LoadPlan plan;
  private final LoadListener listener;
  private final Tickets tickets;
  private final CountDownLatch running;
  private final List<ByteBuf> requests;
  private final Progress progress = new Progress();
  private final AtomicReference<@Nullable RuntimeException> bug = new AtomicReference<>();
  private final AnswerLog answers;
  private final List<Worker> workers = new ArrayList<>();
  private final List<LagProbe> probes = new ArrayList<>();

  LoadRun(Transport transport, Target target, LoadPlan plan, LoadListener listener) {
    this.plan = plan;
    this.listener = listener;
    this.requests = Requests.predict(target, plan.inputs());
    this.startedAt = Instant.now(); // only now: encoding may take long
    this.startNanos = System.nanoTime();
    this.tickets = new Tickets(plan.extent(), startNanos);
    this.running = new CountDownLatch(plan.schedule().connections());
    this.answers = new AnswerLog(plan.expected(), listener::onChange);
    Worker.Shared shared =
        new Worker.Shared(
            startNanos,
            tickets,
            requests,
            new AnswerCheck(plan.expected(), plan.inputs().size()),
            answers,
            progress,
            running,
            bug);
    List<EventLoop> loops = transport.loops();
    for (int i = 0; i < plan.schedule().connections(); i++) {
      workers.add(new Worker(transport, loops.get(i % loops.size()), plan, shared));
    }
    loops.forEach(loop -> probes.add(new LagProbe(loop, tickets.measureFrom())));
  }

  /**
   * Returns when all is done. An interrupt ends it early; what was measured is reported. To be
   * called once.
   */
  BenchPoint execute() {
    try {
      return runAndReport();
    } finally {
      requests.forEach(ByteBuf::release); // a write under way holds its own
    }
  }

  private BenchPoint runAndReport() {
    workers.forEach(Worker::start);
    probes.forEach(LagProbe::start);
    boolean interrupted = false;
    try {
      while (!running.await(PROGRESS_MILLIS, TimeUnit.MILLISECONDS)) {
        listener.onProgress(Duration.ofNanos(System.nanoTime() - startNanos), progress);
      }
    } catch (InterruptedException e) {
      interrupted = true;
      abandon();
    }
    probes.forEach(LagProbe::stop);
    RuntimeException thrown = bug.get();
    if (thrown != null) {
      throw new IllegalStateException("a connection failed for a reason of ours", thrown);
    }
    BenchPoint report = report(interrupted);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return report;
  }

  private void abandon() {
    tickets.stop();
    workers.forEach(Worker::abandon);
    try {
      if (!running.await(ABANDON_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("connections did not end when asked to");
      }
    } catch (InterruptedException e) {
      throw new MlserveException(ErrorCode.ABORTED, "interrupted twice: no report", e);
    }
  }

  private BenchPoint report(boolean interrupted) {
    Histogram latency = new Histogram(3);
    Counts warmUp = Counts.NONE;
    Counts measured = Counts.NONE;
    List<MatchCount> matches =
        new ArrayList<>(
            plan.expected().any().stream().map(e -> MatchCount.none(e.name())).toList());
    long reconnects = 0;
    long last = 0;
    for (Worker worker : workers) {
      ConnectionRecorder recorder = worker.recorder();
      latency.add(recorder.latency());
      warmUp = warmUp.plus(recorder.warmUp());
      measured = measured.plus(recorder.measured());
      for (int i = 0; i < matches.size(); i++) {
        matches.set(i, matches.get(i).plus(recorder.matches().get(i)));
      }
      reconnects += worker.reconnects();
      last = Math.max(last, recorder.lastMeasured());
    }
    Timings timings = new Timings(latency, latency, new Histogram(3));
    Duration elapsed = Duration.ofNanos(Math.max(0, last - (tickets.measureFrom() - startNanos)));
    return new BenchPoint(
        plan.schedule(),
        startedAt,
        plan.extent().warmUp(),
        elapsed,
        warmUp,
        measured,
        timings,
        List.of(),
        List.of(),
        new BenchPoint.Answers(matches, answers.changes()),
        health(timings.latencyFigures().at(0.5).nanos()),
        reconnects,
        Optional.empty(),
        interrupted);
  }

  private GeneratorHealth health(long medianLatencyNanos) {
    Histogram lag = new Histogram(3);
    double busy = 0;
    for (LagProbe probe : probes) {
      lag.add(probe.lag());
      busy = Math.max(busy, probe.busy());
    }
    return GeneratorHealth.of(lag, busy, medianLatencyNanos);
  }
}
