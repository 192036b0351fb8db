package io.mlserve.bench.result;

import io.mlserve.bench.verdict.SloVerdict;
import java.util.List;
import java.util.Optional;

/**
 * What was concluded from one point.
 *
 * @param role why it was run
 * @param slo one verdict for each objective
 * @param stability empty if it was not asked for
 */
public record PointFindings(Role role, List<SloVerdict> slo, Optional<Stability> stability) {
  /** Why a point was run. */
  public enum Role {
    /** It is what the user asked for. */
    LOAD,
    /** A step of a search; nobody asks whether it passed. */
    PROBE,
    /** The fresh run at the end of a search. */
    CONFIRMATION
  }

  public PointFindings {
    slo = List.copyOf(slo);
  }

  /** Whether its failures and verdicts count for the outcome of the whole. */
  public boolean counts() {
    return switch (role) {
      case LOAD, CONFIRMATION -> true;
      case PROBE -> false;
    };
  }
}
