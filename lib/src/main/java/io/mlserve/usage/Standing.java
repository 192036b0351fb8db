package io.mlserve.usage;

import java.util.List;
import java.util.SortedSet;

/**
 * The place that a version has among the versions of its model, as far as the source knows.
 *
 * @param loaded whether any server can answer with it now
 * @param isDefault whether requests that name no version go there; they go elsewhere by themselves
 *     when it goes
 * @param isOnly whether some server can answer with no other version of the model
 * @param labels that stand for it
 */
public record Standing(boolean loaded, boolean isDefault, boolean isOnly, List<String> labels) {
  /** Of a version that no server holds. */
  public static final Standing GONE = new Standing(false, false, false, List.of());

  public Standing {
    labels = List.copyOf(labels);
  }

  /**
   * Where only the loaded versions are known: the newest of a model is its default.
   *
   * @param loaded all versions that can answer, of any model
   */
  static Standing among(SortedSet<ModelVersion> loaded, ModelVersion version) {
    List<ModelVersion> siblings =
        loaded.stream().filter(each -> each.model().equals(version.model())).toList();
    return siblings.contains(version)
        ? new Standing(true, siblings.get(0).equals(version), siblings.size() == 1, List.of())
        : GONE;
  }

  /** The same version at two servers. */
  Standing and(Standing other) {
    List<String> all =
        java.util.stream.Stream.concat(labels.stream(), other.labels.stream())
            .distinct()
            .sorted()
            .toList();
    return new Standing(
        loaded || other.loaded, isDefault || other.isDefault, isOnly || other.isOnly, all);
  }
}
