package io.mlserve.metrics;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads one exposition: comments that say what a metric is, and samples. Samples before their
 * comments, or of a metric without any, are taken as they are.
 */
final class ExpositionParser {
  private static final Pattern COMMENT =
      Pattern.compile("#[ \\t]+(HELP|TYPE)[ \\t]+([a-zA-Z_:][a-zA-Z0-9_:]*)(?:[ \\t]+(.*))?");
  private static final int LONGEST_EXCERPT = 60;

  private final Map<String, Family> families = new LinkedHashMap<>();

  /** What is known so far of one metric. */
  private static final class Family {
    private String type = "untyped";
    private String help = "";
    private final List<Sample> samples = new ArrayList<>();
  }

  Exposition parse(String text) {
    int number = 0;
    for (String line : text.split("\n", -1)) {
      number++;
      try {
        line(line);
      } catch (IllegalArgumentException e) {
        throw new MlserveException(
            ErrorCode.DATA_LOSS,
            "line %d: %s: '%s' (expected: metrics in Prometheus' text format)"
                .formatted(number, e.getMessage(), excerpt(line)),
            e);
      }
    }
    return new Exposition(
        families.entrySet().stream()
            .map(
                each ->
                    new MetricFamily(
                        each.getKey(),
                        each.getValue().type,
                        each.getValue().help,
                        each.getValue().samples))
            .toList());
  }

  private void line(String line) {
    if (line.isBlank()) {
      return;
    }
    if (!line.startsWith("#")) {
      Sample sample = new SampleLine(line).read();
      familyOf(sample.name()).samples.add(sample);
      return;
    }
    Matcher comment = COMMENT.matcher(line);
    if (comment.matches()) {
      Family family = family(comment.group(2));
      String rest = comment.group(3) == null ? "" : comment.group(3);
      if (comment.group(1).equals("TYPE")) {
        family.type = rest.strip();
      } else {
        family.help = unescape(rest);
      }
    }
  }

  private Family family(String name) {
    return families.computeIfAbsent(name, n -> new Family());
  }

  private Family familyOf(String sample) {
    for (String suffix : List.of("_bucket", "_sum", "_count", "_total", "_created")) {
      if (sample.endsWith(suffix)) {
        @Nullable Family family =
            families.get(sample.substring(0, sample.length() - suffix.length()));
        if (family != null && mayHave(family, suffix)) {
          return family;
        }
      }
    }
    return family(sample);
  }

  private static boolean mayHave(Family family, String suffix) {
    return switch (family.type) {
      case "histogram" -> !suffix.equals("_total");
      case "summary" -> !suffix.equals("_total") && !suffix.equals("_bucket");
      case "counter" -> suffix.equals("_total") || suffix.equals("_created"); // OpenMetrics
      default -> false;
    };
  }

  private static String unescape(String help) {
    return help.replaceAll("\\\\(\\\\|n)", "\u0000$1")
        .replace("\u0000n", "\n")
        .replace("\u0000", "");
  }

  private static String excerpt(String line) {
    return line.length() > LONGEST_EXCERPT ? line.substring(0, LONGEST_EXCERPT) + "..." : line;
  }
}
