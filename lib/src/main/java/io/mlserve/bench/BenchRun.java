package io.mlserve.bench;

import java.util.List;

/**
 * All that one call of the load tool found: what ran where, against what, with which load, and one
 * point for each load of a sweep. What reports, comparisons and files are made of.
 */
public record BenchRun(RunFacts run, TargetFacts target, LoadFacts load, List<BenchPoint> points) {
  public BenchRun {
    points = List.copyOf(points);
  }
}
