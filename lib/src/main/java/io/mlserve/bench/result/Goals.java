package io.mlserve.bench.result;

import io.mlserve.bench.verdict.Slo;
import io.mlserve.bench.verdict.StabilityRule;
import java.util.List;
import java.util.Optional;

/**
 * What a run is to show.
 *
 * @param confidence with which objectives about shares of requests are said to be met
 * @param stability empty if each load is measured once
 * @param maxTries how often at most a load is measured until it is steady
 */
public record Goals(
    List<Slo> objectives, double confidence, Optional<StabilityRule> stability, int maxTries) {
  public Goals {
    objectives = List.copyOf(objectives);
  }
}
