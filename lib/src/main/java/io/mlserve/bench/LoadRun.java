package io.mlserve.bench;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One run of one plan: starts the lanes, waits for them and adds up what they saw. */
final class LoadRun {
  private static final long PROGRESS_MILLIS = 200;
  private static final long ABANDON_SECONDS = 2;

  private final Wire wire;
  private final Dialect dialect;
  private final String model;
  private final LoadPlan plan;
  private final LoadListener listener;
  private final Optional<RequestFile> log;
  private final AtomicReference<@Nullable RuntimeException> bug = new AtomicReference<>();

  LoadRun(
      Wire wire,
      Dialect dialect,
      String model,
      LoadPlan plan,
      LoadListener listener,
      Optional<RequestFile> log) {
    this.wire = wire;
    this.dialect = dialect;
    this.model = model;
    this.plan = plan;
    this.listener = listener;
    this.log = log;
  }

  /** What belongs to a run that goes on. */
  private record Going(
      Instant startedAt,
      Lane.Shared shared,
      AnswerLog answers,
      List<Lane> lanes,
      List<LagProbe> probes,
      EventRunner events) {
    long sinceStart() {
      return shared.sinceStart(System.nanoTime());
    }
  }

  /**
   * Returns when all is done. An interrupt ends it early; what was measured is reported. To be
   * called once.
   */
  BenchPoint execute() {
    Optional<ServerProbe> server = plan.serverMetrics().map(uri -> new ServerProbe(uri, model));
    server.ifPresent(ServerProbe::begin);
    try (Wire.Prepared prepared = prepare()) {
      Going run = begin(prepared);
      ProcessCost cost = ProcessCost.now();
      boolean interrupted = await(run);
      run.probes().forEach(LagProbe::stop);
      run.lanes().forEach(lane -> lane.recorder().endLog());
      List<EventReport> events = run.events().stop();
      run.events().close();
      RuntimeException thrown = bug.get();
      if (thrown != null) {
        throw new IllegalStateException("the load failed for a reason of ours", thrown);
      }
      BenchPoint point =
          new PointSum(run.lanes(), plan, run.shared())
              .point(
                  run.startedAt(), run.answers(), health(run, cost), events, server, interrupted);
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      return point;
    }
  }

  private Wire.Prepared prepare() {
    return wire.prepare(plan.requests(), plan.schedule(), !plan.expected().isEmpty());
  }

  private Going begin(Wire.Prepared prepared) {
    AnswerLog answers = new AnswerLog(plan.expected(), listener::onChange);
    Judge judge = new Judge(plan.expected(), format(), plan.requests().size(), answers);
    List<EventLoop> loops = loops();
    Instant startedAt = Instant.now(); // only now: encoding may take long
    long startNanos = System.nanoTime();
    Tickets tickets = new Tickets(plan.extent(), plan.ramp(), startNanos);
    Lane.Shared shared =
        new Lane.Shared(
            plan.schedule() instanceof Schedule.Open,
            startNanos,
            plan.requests().size(),
            tickets,
            prepared,
            judge,
            new Progress(),
            new CountDownLatch(loops.size()),
            bug);
    List<Lane> lanes = lanes(shared, loops);
    List<LagProbe> probes = new ArrayList<>();
    if (!(wire.runsModel() && plan.schedule() instanceof Schedule.Closed)) { // nothing comes late
      loops.forEach(loop -> probes.add(new LagProbe(loop, tickets.measureFrom())));
    }
    EventRunner events = new EventRunner(plan.events(), startNanos, listener::onEvent);
    lanes.forEach(Lane::start);
    probes.forEach(LagProbe::start);
    events.start(tickets.measureFrom());
    return new Going(startedAt, shared, answers, lanes, probes, events);
  }

  // More loops than slots would only wake each other.
  private List<EventLoop> loops() {
    List<EventLoop> all = wire.loops();
    int most =
        plan.schedule() instanceof Schedule.Closed closed
            ? closed.concurrency()
            : wire.runsModel() ? 1 : plan.schedule().connections();
    return all.subList(0, Math.min(all.size(), Math.max(1, most)));
  }

  private List<Lane> lanes(Lane.Shared shared, List<EventLoop> loops) {
    long measureFrom = shared.sinceStart(shared.tickets().measureFrom());
    AtomicInteger outstanding = new AtomicInteger();
    Optional<Consumer<RequestBatch>> requests = log.map(to -> requests(to, measureFrom));
    List<Lane> lanes = new ArrayList<>();
    for (int i = 0; i < loops.size(); i++) {
      EventLoop loop = loops.get(i);
      Recorder recorder = new Recorder(plan.expected().any(), measureFrom, requests);
      if (plan.schedule() instanceof Schedule.Closed closed) {
        int slots = part(closed.concurrency(), i, loops.size());
        lanes.add(
            new ClosedLane(shared, loop, recorder, slots, plan.timeout(), plan.ramp().toNanos()));
      } else if (plan.schedule() instanceof Schedule.Open open) {
        int most = wire.isShared() ? open.maxOutstanding() : open.connections();
        OpenLane.Share share =
            new OpenLane.Share(i, loops.size(), part(most, i, loops.size()), outstanding);
        lanes.add(new OpenLane(shared, loop, recorder, plan, open, share));
      }
    }
    return lanes;
  }

  private static Consumer<RequestBatch> requests(RequestFile log, long measureFrom) {
    int point = log.nextPoint();
    return batch -> log.add(point, measureFrom, batch);
  }

  private static int part(int whole, int index, int of) {
    return whole / of + (index < whole % of ? 1 : 0);
  }

  private AnswerFormat format() {
    if (plan.expected().isEmpty()) {
      return dialect.documents();
    }
    RightAnswer first = plan.expected().any().get(0).answers().get(0);
    if (first instanceof RightAnswer.Bytes) {
      return AnswerFormat.BYTES;
    }
    return first instanceof RightAnswer.Document ? AnswerFormat.JSON : dialect.tensors();
  }

  private boolean await(Going run) {
    LiveView view = new LiveView(run.lanes(), wire.loops());
    try {
      while (!run.shared().running().await(PROGRESS_MILLIS, TimeUnit.MILLISECONDS)) {
        if (bug.get() != null) {
          abandon(run);
          return false;
        }
        long now = run.sinceStart();
        listener.onProgress(Duration.ofNanos(now), run.shared().progress());
        long measureFrom = run.shared().sinceStart(run.shared().tickets().measureFrom());
        view.snapshot(now, now < measureFrom).ifPresent(listener::onSnapshot);
      }
      return false;
    } catch (InterruptedException e) {
      abandon(run);
      return true;
    }
  }

  private static void abandon(Going run) {
    run.shared().tickets().stop();
    run.lanes().forEach(Lane::abandon);
    try {
      if (!run.shared().running().await(ABANDON_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("connections did not end when asked to");
      }
    } catch (InterruptedException e) {
      throw new MlserveException(ErrorCode.ABORTED, "interrupted twice: no report", e);
    }
  }

  private static GeneratorHealth health(Going run, ProcessCost cost) {
    org.HdrHistogram.Histogram lag = new org.HdrHistogram.Histogram(3);
    org.HdrHistogram.Histogram latency = new org.HdrHistogram.Histogram(3);
    double busy = 0;
    for (LagProbe probe : run.probes()) {
      lag.add(probe.lag());
      busy = Math.max(busy, probe.busy());
    }
    run.lanes().forEach(lane -> latency.add(lane.recorder().service()));
    long median = latency.getTotalCount() == 0 ? 0 : latency.getValueAtPercentile(50);
    return GeneratorHealth.of(lag, busy, median).with(cost.gcSince(), cost.cpuSince());
  }
}
