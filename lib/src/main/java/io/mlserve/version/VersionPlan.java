package io.mlserve.version;

import java.util.Comparator;
import java.util.Optional;
import java.util.Set;

/**
 * What to do next so that the wanted versions come to be the loaded ones, and something can answer
 * at every moment in between: new versions are loaded before old ones go, and the last one that
 * answers never goes for a wish that is not fulfilled yet. (The idea is TensorFlow Serving's {@code
 * AvailabilityPreservingPolicy}.)
 */
public final class VersionPlan {
  private VersionPlan() {}

  /** One thing to do. */
  public sealed interface Step {
    long version();

    record Load(long version) implements Step {}

    record Unload(long version) implements Step {}
  }

  /**
   * How things stand.
   *
   * @param wanted versions that should be loaded
   * @param substitutes versions that may be loaded while nothing is, though they are not wanted
   * @param loaded versions that can answer
   * @param due versions that can be loaded now, or again because their files changed: complete on
   *     disk, and not waiting for another try after a failure
   * @param dismissed versions that somebody wants to be gone, whatever is left
   */
  public record Situation(
      Set<Long> wanted,
      Set<Long> substitutes,
      Set<Long> loaded,
      Set<Long> due,
      Set<Long> dismissed) {}

  /** The next step, or empty if there is nothing to do now. Asked again after each step. */
  public static Optional<Step> next(Situation now) {
    Optional<Long> load = newest(now.wanted(), now.due());
    if (load.isEmpty() && now.loaded().isEmpty()) {
      load = newest(now.substitutes(), now.due());
    }
    if (load.isPresent()) {
      return load.map(Step.Load::new);
    }
    boolean answered = now.loaded().stream().anyMatch(now.wanted()::contains);
    return now.loaded().stream()
        .filter(
            version ->
                now.dismissed().contains(version) || (answered && !now.wanted().contains(version)))
        .min(Comparator.naturalOrder())
        .map(Step.Unload::new);
  }

  private static Optional<Long> newest(Set<Long> among, Set<Long> due) {
    return among.stream().filter(due::contains).max(Comparator.naturalOrder());
  }
}
