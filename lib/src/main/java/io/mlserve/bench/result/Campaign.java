package io.mlserve.bench.result;

import io.mlserve.bench.BenchPoint;
import io.mlserve.bench.Extent;
import io.mlserve.bench.Schedule;
import io.mlserve.bench.result.PointFindings.Role;
import io.mlserve.bench.verdict.MaxSearch;
import io.mlserve.bench.verdict.SloVerdict;
import io.mlserve.bench.verdict.StabilityRule;
import io.mlserve.bench.verdict.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Makes the runs that goals ask for: each load once, again and again until it is steady, or a
 * search for the highest rate. Ends early when a run says that it was interrupted. One thread uses
 * it, once.
 */
public final class Campaign {
  // A queue that grows needs some time to show; a probe may be wrong, the confirmation is whole.
  private static final Duration SHORTEST_PROBE = Duration.ofSeconds(3);
  private static final double KEEPS_PACE = 0.95;

  private final Goals goals;
  private final Runner runner;
  private final Listener listener;
  private final List<BenchPoint> points = new ArrayList<>();
  private final List<PointFindings> findings = new ArrayList<>();

  /** Makes one run. */
  public interface Runner {
    /** Returns when it is done; an interrupted run says so in its point. */
    BenchPoint run(Schedule schedule, Extent extent);
  }

  /** Hears which runs are made. */
  public interface Listener {
    /** Hears nothing. */
    Listener NONE = new Listener() {};

    /** A run of that length begins, the first with number 1; a load that is repeated keeps it. */
    default void onStart(int number, Role role, Schedule schedule, Extent extent) {}

    /**
     * It has ended.
     *
     * @param held for a search: whether the objectives held; else whether it is good enough to stop
     */
    default void onEnd(Role role, BenchPoint point, boolean held) {}
  }

  /** What was found: the points, what was concluded from each, and the end of a search. */
  public record Outcome(
      List<BenchPoint> points, List<PointFindings> findings, Optional<MaxFindings> max) {
    public Outcome {
      points = List.copyOf(points);
      findings = List.copyOf(findings);
    }
  }

  public Campaign(Goals goals, Runner runner, Listener listener) {
    this.goals = goals;
    this.runner = runner;
    this.listener = listener;
  }

  /** Runs each of the loads. */
  public Outcome sweep(List<? extends Schedule> schedules, Extent extent) {
    for (Schedule schedule : schedules) {
      BenchPoint point = measure(schedule, extent);
      if (point.interrupted()) {
        break;
      }
    }
    return new Outcome(points, findings, Optional.empty());
  }

  private BenchPoint measure(Schedule schedule, Extent extent) {
    if (goals.stability().isEmpty()) {
      return add(run(Role.LOAD, schedule, extent, true), Role.LOAD, Optional.empty());
    }
    StabilityRule rule = goals.stability().get();
    List<StabilityRule.Measurement> tries = new ArrayList<>();
    BenchPoint point;
    boolean stable;
    do {
      listener.onStart(points.size() + 1, Role.LOAD, schedule, extent);
      point = runner.run(schedule, extent);
      tries.add(
          new StabilityRule.Measurement(
              point.ratePerSecond(), point.timings().latency().getValueAtPercentile(50)));
      stable = rule.isMetBy(tries);
      listener.onEnd(Role.LOAD, point, stable);
    } while (!stable && !point.interrupted() && tries.size() < goals.maxTries());
    return add(point, Role.LOAD, Optional.of(new Stability(rule, stable, tries)));
  }

  /** Looks for the highest rate; {@code like} says all but the rate. */
  public Outcome findMax(Schedule.Open like, Extent extent, MaxSearch search) {
    MaxSearch.Step step = search.next();
    while (true) {
      if (step instanceof MaxSearch.Step.Found found) {
        return end(found, search);
      }
      if (step instanceof MaxSearch.Step.NotFound notFound) {
        return end(notFound.why(), search);
      }
      boolean confirming = step instanceof MaxSearch.Step.Confirm;
      double rate =
          step instanceof MaxSearch.Step.Probe probe
              ? probe.rate()
              : ((MaxSearch.Step.Confirm) step).rate();
      Role role = confirming ? Role.CONFIRMATION : Role.PROBE;
      BenchPoint point =
          search(role, like.withRate(rate), confirming ? extent : probe(extent), search);
      if (point.interrupted()) {
        return end("interrupted", search);
      }
      step = search.next();
    }
  }

  private BenchPoint search(Role role, Schedule.Open schedule, Extent extent, MaxSearch search) {
    listener.onStart(points.size() + 1, role, schedule, extent);
    BenchPoint point = runner.run(schedule, extent);
    // Among the confirmations only the last one counts for the outcome.
    boolean held = holds(role, point, extent);
    listener.onEnd(role, point, held);
    if (!point.interrupted()) {
      search.observe(held);
    }
    add(point, role == Role.CONFIRMATION && !held ? Role.PROBE : role, Optional.empty());
    return point;
  }

  private boolean holds(Role role, BenchPoint point, Extent extent) {
    // Answers that come long after the last request was due are a queue that grew.
    double allowed = extent.duration().map(d -> d.toNanos() / KEEPS_PACE).orElse(Double.MAX_VALUE);
    if (point.elapsed().toNanos() > allowed) {
      return false;
    }
    // A slow generator makes latencies longer: what holds in spite of it holds.
    if (role == Role.PROBE) {
      PointMeasure measure = new PointMeasure(point);
      return goals.objectives().stream().allMatch(slo -> slo.looksMet(measure));
    }
    // With nothing over the limit a lower rate would say no more: there are too few requests.
    return Judge.slo(point, goals.objectives(), goals.confidence()).stream()
        .allMatch(
            slo ->
                slo.verdict() == Verdict.PASS
                    || (slo.verdict() == Verdict.NOT_ENOUGH && slo.over() == 0));
  }

  private static Extent probe(Extent extent) {
    Duration whole = extent.duration().orElse(SHORTEST_PROBE);
    Duration half = whole.dividedBy(2);
    Duration probe = half.compareTo(SHORTEST_PROBE) < 0 ? SHORTEST_PROBE : half;
    Duration warmUp = extent.warmUp().compareTo(probe) < 0 ? extent.warmUp() : probe;
    return new Extent(
        warmUp, Optional.of(probe.compareTo(whole) < 0 ? probe : whole), OptionalLong.empty());
  }

  private Outcome end(MaxSearch.Step.Found found, MaxSearch search) {
    BenchPoint last = points.get(points.size() - 1);
    MaxFindings max =
        new MaxFindings(
            OptionalDouble.of(found.rate()),
            OptionalDouble.of(last.ratePerSecond()),
            found.bounded(),
            search.tried().size(),
            Optional.empty());
    return new Outcome(points, findings, Optional.of(max));
  }

  private Outcome end(String why, MaxSearch search) {
    MaxFindings max =
        new MaxFindings(
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            false,
            search.tried().size(),
            Optional.of(why));
    return new Outcome(points, findings, Optional.of(max));
  }

  private BenchPoint run(Role role, Schedule schedule, Extent extent, boolean held) {
    listener.onStart(points.size() + 1, role, schedule, extent);
    BenchPoint point = runner.run(schedule, extent);
    listener.onEnd(role, point, held);
    return point;
  }

  private BenchPoint add(BenchPoint point, Role role, Optional<Stability> stability) {
    List<SloVerdict> slo = Judge.slo(point, goals.objectives(), goals.confidence());
    points.add(point);
    findings.add(new PointFindings(role, slo, stability));
    return point;
  }
}
