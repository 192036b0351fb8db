package io.mlserve.bench;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.util.List;

/**
 * All answers that are right, and how closely one must be hit. May be empty: nothing is checked.
 */
public record Expectations(List<Expectation> any, Tolerance tolerance) {
  /** Every answer is taken as right. */
  public static final Expectations NONE = new Expectations(List.of(), Tolerance.STANDARD);

  /** Refuses two expectations that no answer could tell apart. */
  public Expectations {
    any = List.copyOf(any);
    for (int i = 0; i < any.size(); i++) {
      for (int j = 0; j < i; j++) {
        if (any.get(i).isSameAs(any.get(j), tolerance)) {
          throw new MlserveException(
              ErrorCode.INVALID_ARGUMENT,
              "%s: expects the same answers as %s (expected: answers that tell them apart)"
                  .formatted(any.get(i).name(), any.get(j).name()));
        }
      }
    }
  }

  public boolean isEmpty() {
    return any.isEmpty();
  }
}
