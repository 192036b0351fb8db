package io.mlserve.bench.result;

import io.mlserve.bench.verdict.StabilityRule;
import java.util.List;

/**
 * Whether repeated measurements came to agree.
 *
 * @param tries all measurements in order; the point is the last of them
 */
public record Stability(StabilityRule rule, boolean stable, List<StabilityRule.Measurement> tries) {
  public Stability {
    tries = List.copyOf(tries);
  }
}
