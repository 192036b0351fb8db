package io.mlserve.bench.result;

import io.mlserve.bench.BenchPoint;
import io.mlserve.bench.BenchRun;
import io.mlserve.bench.Confidence;
import io.mlserve.bench.verdict.Change;
import io.mlserve.bench.verdict.Comparison;
import io.mlserve.bench.verdict.Metric;
import io.mlserve.bench.verdict.RegressionLimit;
import io.mlserve.bench.verdict.Slo;
import io.mlserve.bench.verdict.SloVerdict;
import io.mlserve.bench.verdict.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Turns what was measured into what may be said. Pure. */
public final class Judge {
  private Judge() {}

  /** One verdict for each objective. */
  public static List<SloVerdict> slo(BenchPoint point, List<Slo> objectives, double confidence) {
    PointMeasure measure = new PointMeasure(point);
    Confidence level = new Confidence(confidence);
    return objectives.stream().map(slo -> slo.judge(measure, level)).toList();
  }

  /**
   * Compares the last point of a run, which is the one that was asked for, with the one of an
   * earlier run that had the same load, or with its last one.
   *
   * @param name of the earlier run, for people
   */
  public static BaselineFindings compare(
      String name, BenchRun base, BenchRun now, List<RegressionLimit> limits) {
    BenchPoint measured = last(now);
    BenchPoint before = alike(base, measured);
    Set<Metric> metrics = new LinkedHashSet<>(Comparison.STANDARD);
    limits.forEach(limit -> metrics.add(limit.metric()));
    Comparison comparison =
        Comparison.of(
            new PointMeasure(before).windows(),
            new PointMeasure(measured).windows(),
            List.copyOf(metrics));
    List<BaselineFindings.Limit> judged = new ArrayList<>();
    for (RegressionLimit limit : limits) {
      Change change =
          comparison.changes().stream()
              .filter(candidate -> candidate.metric().equals(limit.metric()))
              .findFirst()
              .orElseThrow();
      judged.add(new BaselineFindings.Limit(limit, limit.judge(change)));
    }
    return new BaselineFindings(
        name,
        before.timings().latency(),
        comparison,
        judged,
        Differences.of(base, before, now, measured));
  }

  private static BenchPoint last(BenchRun run) {
    if (run.points().isEmpty()) {
      throw new IllegalArgumentException("a run without points");
    }
    return run.points().get(run.points().size() - 1);
  }

  private static BenchPoint alike(BenchRun run, BenchPoint wanted) {
    for (BenchPoint point : run.points()) {
      if (Differences.load(point.schedule()).equals(Differences.load(wanted.schedule()))) {
        return point;
      }
    }
    return last(run);
  }

  /** What the whole comes to, and why. */
  public record Sum(Outcome outcome, List<String> reasons) {}

  /** Adds everything up. The points that a search only passed through do not count. */
  public static Sum sum(
      List<BenchPoint> points,
      List<PointFindings> findings,
      Optional<MaxFindings> max,
      Optional<BaselineFindings> baseline) {
    Set<String> reasons = new LinkedHashSet<>();
    Verdict verdict = Verdict.PASS;
    boolean interrupted = points.stream().anyMatch(BenchPoint::interrupted);
    for (int i = 0; i < points.size(); i++) {
      if (findings.get(i).counts() || points.get(i).interrupted()) {
        verdict = verdict.and(point(points.get(i), findings.get(i), reasons));
      }
    }
    if (max.isPresent() && max.get().rate().isEmpty()) {
      reasons.add("no highest rate: " + max.get().problem().orElse("the search did not end"));
      verdict = verdict.and(Verdict.FAIL);
    }
    if (baseline.isPresent()) {
      for (BaselineFindings.Limit limit : baseline.get().limits()) {
        if (limit.verdict() != Verdict.PASS) {
          reasons.add("baseline %s: %s".formatted(limit.limit().text(), limit.verdict().words()));
        }
        verdict = verdict.and(limit.verdict());
      }
    }
    Outcome outcome =
        interrupted
            ? Outcome.INTERRUPTED
            : switch (verdict) {
              case PASS -> Outcome.PASS;
              case NOT_ENOUGH -> Outcome.UNSTABLE;
              case FAIL -> Outcome.FAIL;
            };
    return new Sum(outcome, List.copyOf(reasons));
  }

  private static Verdict point(BenchPoint point, PointFindings findings, Set<String> reasons) {
    reasons.addAll(point.reasons());
    Verdict verdict =
        switch (point.outcome()) {
          case PASS, INTERRUPTED -> Verdict.PASS;
          case FAIL -> failed(point, findings);
          case INCONCLUSIVE -> Verdict.NOT_ENOUGH;
        };
    for (SloVerdict slo : findings.slo()) {
      verdict = verdict.and(slo.verdict());
      if (slo.verdict() != Verdict.PASS) {
        reasons.add(
            "SLO %s: %s, %s".formatted(slo.slo().text(), slo.verdict().words(), slo.basis()));
      }
    }
    if (findings.stability().isPresent() && !findings.stability().get().stable()) {
      reasons.add(
          "not stable after %d measurements".formatted(findings.stability().get().tries().size()));
      verdict = verdict.and(Verdict.NOT_ENOUGH);
    }
    return verdict;
  }

  // An objective for errors says how many are acceptable; wrong answers never are.
  private static Verdict failed(BenchPoint point, PointFindings findings) {
    boolean wrong =
        point.measured().failed("wrong-answer") + point.warmUp().failed("wrong-answer") > 0;
    boolean judged =
        findings.slo().stream().anyMatch(slo -> slo.slo().metric().equals(Metric.ERRORS));
    boolean usable = point.measured().ok() > 0 && point.generator().keptUp();
    if (!judged || wrong) {
      return Verdict.FAIL;
    }
    return usable ? Verdict.PASS : Verdict.NOT_ENOUGH;
  }
}
