package io.mlserve.server;

import io.mlserve.admin.ServerSheet;
import io.mlserve.metrics.ForeignNames;
import io.mlserve.metrics.ServingMetrics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a server shows and remembers of itself.
 *
 * @param retain how long the series of a version outlive it
 * @param folder where the history of traffic outlives the process; empty for nowhere
 * @param alsoAs servers under whose names metrics are shown as well
 * @param labels that every series has besides its own
 * @param build what this program is and is made of
 * @param settings with which it was started, as operators are to see them: without secrets
 */
public record MetricsOptions(
    Duration retain,
    Optional<Path> folder,
    Set<ForeignNames> alsoAs,
    Map<String, String> labels,
    SortedMap<String, String> build,
    List<ServerSheet.Setting> settings) {
  public MetricsOptions {
    alsoAs = Set.copyOf(alsoAs);
    labels = Map.copyOf(labels);
    build = new TreeMap<>(build);
    settings = List.copyOf(settings);
  }

  /** Own names only, and a history that ends with the process. */
  public static MetricsOptions defaults() {
    return new MetricsOptions(
        ServingMetrics.RETAIN, Optional.empty(), Set.of(), Map.of(), new TreeMap<>(), List.of());
  }
}
