package io.mlserve.metrics;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How one scrape of a server differs from an earlier one.
 *
 * @param changes series whose value is another, in the order of the later scrape
 * @param vanished series that are there no more
 * @param appeared series that were not there before
 * @param restarted whether another process answered
 */
public record ScrapeDiff(
    List<Change> changes, List<Series> vanished, List<Series> appeared, boolean restarted) {
  private static final Set<String> GROWING = Set.of("counter", "histogram", "summary");
  private static final String STARTED = "process_start_time_seconds";

  /** A name and its labels. */
  public record Series(String name, Map<String, String> labels) {
    /** As it is written in Prometheus' text format. */
    public String text() {
      List<String> pairs = new ArrayList<>();
      labels.forEach(
          (label, value) ->
              pairs.add(
                  label
                      + "=\""
                      + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n")
                      + "\""));
      return pairs.isEmpty() ? name : name + "{" + String.join(",", pairs) + "}";
    }
  }

  /**
   * One value that is another now.
   *
   * @param counter whether it only grows while its process lives
   */
  public record Change(Series series, boolean counter, double before, double after) {
    /** Whether a counter began again at zero. */
    public boolean isReset() {
      return counter && after < before;
    }

    /** What was counted in between, at least; of a gauge the difference. */
    public double by() {
      return isReset() ? after : after - before;
    }
  }

  public ScrapeDiff {
    changes = List.copyOf(changes);
    vanished = List.copyOf(vanished);
    appeared = List.copyOf(appeared);
  }

  /** What became of {@code before}. */
  public static ScrapeDiff between(Exposition before, Exposition after) {
    Map<Series, Double> old = values(before);
    List<Change> changes = new ArrayList<>();
    List<Series> appeared = new ArrayList<>();
    for (MetricFamily family : after.families()) {
      for (Sample sample : family.samples()) {
        Series series = new Series(sample.name(), sample.labels());
        Double was = old.remove(series);
        if (was == null) {
          appeared.add(series);
        } else if (was != sample.value()) {
          boolean counter = GROWING.contains(family.type()) && !sample.name().endsWith("_created");
          changes.add(new Change(series, counter, was, sample.value()));
        }
      }
    }
    boolean restarted = changes.stream().anyMatch(each -> each.series().name().equals(STARTED));
    return new ScrapeDiff(changes, List.copyOf(old.keySet()), appeared, restarted);
  }

  private static Map<Series, Double> values(Exposition scrape) {
    Map<Series, Double> values = new LinkedHashMap<>();
    for (MetricFamily family : scrape.families()) {
      family
          .samples()
          .forEach(
              sample -> values.put(new Series(sample.name(), sample.labels()), sample.value()));
    }
    return values;
  }
}
