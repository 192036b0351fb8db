package io.mlserve.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What is bad style, or a danger, in an exposition: the rules of Prometheus' promlint, and how many
 * series there are.
 *
 * @param mostSeries a metric of more series than this is reported; the buckets of a histogram are
 *     one series
 */
public record Lint(int mostSeries) {
  private static final Pattern CAMEL_CASE = Pattern.compile("[a-z][A-Z]");
  private static final Set<String> TYPES =
      Set.of("counter", "gauge", "histogram", "summary", "untyped");
  private static final Set<String> ABBREVIATIONS =
      Set.of("s", "ms", "us", "ns", "sec", "b", "kb", "mb", "gb", "tb", "pb", "m", "h", "d");
  private static final Map<String, String> BASE_UNITS = baseUnits();
  private static final List<String> CONTENT_TYPES =
      List.of("text/plain", "application/openmetrics-text");

  /** One thing to mend. */
  public record Finding(String metric, String problem) {}

  /** All findings, metric by metric in the order of the exposition. */
  public List<Finding> check(Exposition scrape) {
    List<Finding> findings = new ArrayList<>();
    for (MetricFamily family : scrape.families()) {
      for (String problem : problems(family)) {
        findings.add(new Finding(family.name(), problem));
      }
    }
    return findings;
  }

  /**
   * What is wrong with a content type. Prometheus 3 refuses an answer without one that it knows.
   *
   * @param contentType as the server sent it
   */
  public static List<Finding> checkContentType(String contentType) {
    String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    return CONTENT_TYPES.contains(type)
        ? List.of()
        : List.of(
            new Finding(
                "Content-Type",
                "'" + contentType + "' (expected: text/plain; version=0.0.4, or OpenMetrics)"));
  }

  private List<String> problems(MetricFamily family) {
    List<String> problems = new ArrayList<>();
    if (family.help().isBlank()) {
      problems.add("no help text");
    }
    units(family.name(), problems);
    names(family, problems);
    suffixes(family, problems);
    labels(family, problems);
    duplicates(family, problems);
    cardinality(family, problems);
    return problems;
  }

  private static void units(String name, List<String> problems) {
    for (String word : name.split("_", -1)) {
      String base = BASE_UNITS.get(word);
      if (base != null && !base.equals(word)) {
        problems.add("use base unit \"" + base + "\" instead of \"" + word + "\"");
      }
      if (ABBREVIATIONS.contains(word.toLowerCase(Locale.ROOT))) {
        problems.add("metric names should not contain abbreviated units");
      }
    }
  }

  private static void names(MetricFamily family, List<String> problems) {
    String name = family.name();
    if (name.contains(":")) {
      problems.add("metric names should not contain ':'");
    }
    if (CAMEL_CASE.matcher(name).find()) {
      problems.add("metric names should be written in 'snake_case' not 'camelCase'");
    }
    for (String type : TYPES) {
      if (name.contains("_" + type + "_") || name.endsWith("_" + type)) {
        problems.add("metric name should not include type '" + type + "'");
      }
    }
  }

  private static void suffixes(MetricFamily family, List<String> problems) {
    String name = family.name();
    String type = family.type();
    if (type.equals("untyped")) {
      return; // nobody says what it is
    }
    boolean total = name.endsWith("_total");
    boolean openMetrics =
        family.samples().stream().allMatch(sample -> sample.name().endsWith("_total"));
    if (type.equals("counter") && !total && !openMetrics) {
      problems.add("counter metrics should have \"_total\" suffix");
    }
    if (!type.equals("counter") && total) {
      problems.add("non-counter metrics should not have \"_total\" suffix");
    }
    boolean histogram = type.equals("histogram");
    if (!histogram && name.endsWith("_bucket")) {
      problems.add("non-histogram metrics should not have \"_bucket\" suffix");
    }
    for (String suffix : List.of("_count", "_sum")) {
      if (!histogram && !type.equals("summary") && name.endsWith(suffix)) {
        problems.add(
            "non-histogram and non-summary metrics should not have \"" + suffix + "\" suffix");
      }
    }
  }

  private static void labels(MetricFamily family, List<String> problems) {
    Set<String> names = new HashSet<>();
    family.samples().forEach(sample -> names.addAll(sample.labels().keySet()));
    if (names.stream().anyMatch(label -> CAMEL_CASE.matcher(label).find())) {
      problems.add("label names should be written in 'snake_case' not 'camelCase'");
    }
    if (names.contains("le") && !Set.of("histogram", "untyped").contains(family.type())) {
      problems.add("non-histogram metrics should not have \"le\" label");
    }
    if (names.contains("quantile") && !Set.of("summary", "untyped").contains(family.type())) {
      problems.add("non-summary metrics should not have \"quantile\" label");
    }
  }

  private static void duplicates(MetricFamily family, List<String> problems) {
    Set<Sample> seen = new HashSet<>();
    for (Sample sample : family.samples()) {
      Sample series = new Sample(sample.name(), sample.labels(), 0, java.util.OptionalLong.empty());
      if (!seen.add(series)) {
        problems.add("series " + sample.name() + sample.labels() + " is there twice");
        return;
      }
    }
  }

  private void cardinality(MetricFamily family, List<String> problems) {
    Set<Map<String, String>> series = new HashSet<>();
    Map<String, Set<String>> values = new TreeMap<>();
    for (Sample sample : family.samples()) {
      Map<String, String> labels = new HashMap<>(sample.labels());
      labels.remove("le");
      labels.remove("quantile");
      series.add(labels);
      labels.forEach(
          (name, value) -> values.computeIfAbsent(name, n -> new HashSet<>()).add(value));
    }
    if (series.size() > mostSeries) {
      String most =
          values.entrySet().stream()
              .max((a, b) -> Integer.compare(a.getValue().size(), b.getValue().size()))
              .map(label -> ", label " + label.getKey() + " has " + label.getValue().size())
              .orElse("");
      problems.add(series.size() + " series (expected: at most " + mostSeries + ")" + most);
    }
  }

  private static Map<String, String> baseUnits() {
    Map<String, String> units = new HashMap<>();
    Map<String, String> families =
        Map.of(
            "seconds", "seconds second minutes minute hours hour days day weeks week",
            "bytes", "bytes byte bits bit",
            "ratio", "ratio percent percents percentage",
            "meters", "meters meter metres metre inches inch yards yard miles mile",
            "grams", "grams gram",
            "joules", "joules joule calories calorie",
            "celsius", "celsius celsiuses kelvin kelvins fahrenheit",
            "volts", "volts volt",
            "amperes", "amperes ampere");
    List<String> prefixes =
        List.of(
            "pico", "nano", "micro", "milli", "centi", "deci", "kilo", "kibi", "mega", "mibi",
            "mebi", "giga", "gibi", "tera", "tebi", "peta", "pebi");
    families.forEach(
        (base, words) ->
            Arrays.stream(words.split(" "))
                .forEach(
                    word -> {
                      units.put(word, base);
                      prefixes.forEach(prefix -> units.put(prefix + word, base));
                    }));
    // names of things, more often than units
    for (String word : List.of("second", "byte", "bit", "day", "week", "hour", "minute")) {
      units.remove(word);
    }
    return Map.copyOf(units);
  }
}
