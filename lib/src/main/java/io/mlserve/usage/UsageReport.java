package io.mlserve.usage;

import java.util.List;
import java.util.function.Predicate;

/**
 * What became known of each version, and the verdict on it.
 *
 * @param doubts that hold for all of them
 */
public record UsageReport(Window window, List<Row> rows, List<String> doubts) {
  /** One version. */
  public record Row(Evidence evidence, Verdict verdict) {}

  public UsageReport {
    rows = List.copyOf(rows);
    doubts = List.copyOf(doubts);
  }

  /** The same with the rows of some versions only. */
  public UsageReport only(Predicate<ModelVersion> wanted) {
    return new UsageReport(
        window,
        rows.stream().filter(row -> wanted.test(row.evidence().version())).toList(),
        doubts);
  }

  /** SAFE if every row is and there is one; otherwise what is the worst of them. */
  public Verdict.Kind outcome() {
    if (rows.isEmpty() || has(Verdict.Kind.UNKNOWN)) {
      return Verdict.Kind.UNKNOWN;
    }
    return has(Verdict.Kind.IN_USE) ? Verdict.Kind.IN_USE : Verdict.Kind.SAFE;
  }

  private boolean has(Verdict.Kind kind) {
    return rows.stream().anyMatch(row -> row.verdict().kind() == kind);
  }
}
