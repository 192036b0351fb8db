package io.mlserve.usage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * When a version counts as unused: it was asked at most {@code mostPerSecond} in its busiest hour,
 * nothing leads to it, and all but a little of the window is known, at every server.
 *
 * <p>Traffic that was seen is traffic, however little else is known. That none was seen says
 * nothing where nobody looked.
 *
 * @param mostPerSecond requests per second in the busiest hour; 0 for none at all
 * @param leastCoverage share of the window that must be known, 0 to 1
 */
public record UsageRule(double mostPerSecond, double leastCoverage) {
  /** No request at all, 95 % known. */
  public static final UsageRule STRICT = new UsageRule(0, 0.95);

  /** Judges each version of a survey, in order of their names. */
  public UsageReport judge(Survey survey, Window window) {
    List<UsageReport.Row> rows =
        survey.versions().stream()
            .sorted((a, b) -> a.version().compareTo(b.version()))
            .map(each -> new UsageReport.Row(each, judge(each, survey.doubts(), window)))
            .toList();
    return new UsageReport(window, rows, survey.doubts());
  }

  /** Judges one version. */
  public Verdict judge(Evidence evidence, List<String> doubts, Window window) {
    List<String> uses = uses(evidence, window);
    if (!uses.isEmpty()) {
      return new Verdict(Verdict.Kind.IN_USE, String.join(", ", uses));
    }
    List<String> reasons = new ArrayList<>(doubts);
    // written this way round, a coverage that is no number is too little
    if (!(evidence.coverage() >= leastCoverage)) {
      reasons.add(
          String.format(
              Locale.ROOT,
              "data for %.1f %% of %s (expected: %.0f %%)",
              evidence.coverage() * 100,
              words(window.length()),
              leastCoverage * 100));
    }
    if (Double.isNaN(evidence.traffic().peak()) || Double.isNaN(evidence.traffic().requests())) {
      reasons.add("its traffic is no number");
    }
    return reasons.isEmpty()
        ? new Verdict(Verdict.Kind.SAFE, safe(evidence, window))
        : new Verdict(Verdict.Kind.UNKNOWN, String.join("; ", reasons));
  }

  private List<String> uses(Evidence evidence, Window window) {
    Evidence.Traffic traffic = evidence.traffic();
    List<String> uses = new ArrayList<>();
    if (traffic.inFlight() > 0) {
      uses.add(count(traffic.inFlight()) + " in flight");
    }
    boolean some = mostPerSecond == 0 && traffic.requests() > 0;
    if (traffic.peak() > mostPerSecond || some) {
      uses.add(
          String.format(
              Locale.ROOT, "%s in %s", requests(traffic.requests()), words(window.length())));
    } else if (mostPerSecond == 0 && traffic.last().filter(window::reaches).isPresent()) {
      uses.add("last request within " + words(window.length()));
    }
    if (evidence.standing().isOnly()) {
      uses.add("no other version of the model can answer");
    }
    evidence.standing().labels().forEach(label -> uses.add("label '" + label + "' stands for it"));
    return uses;
  }

  private String safe(Evidence evidence, Window window) {
    return mostPerSecond == 0 || evidence.traffic().requests() == 0
        ? "no request in " + words(window.length())
        : String.format(
            Locale.ROOT,
            "at most %.3g/s in any hour (allowed: %.3g)",
            evidence.traffic().peak(),
            mostPerSecond);
  }

  private static String requests(double number) {
    return number <= 1 ? "a request" : count(number) + " requests";
  }

  private static String count(double number) {
    return String.valueOf((long) Math.ceil(number));
  }

  private static String words(Duration length) {
    if (length.toMillis() % 1000 != 0) {
      return length.toMillis() + " ms";
    }
    long seconds = length.toSeconds();
    if (seconds % 3600 == 0) {
      return seconds / 3600 + " h";
    }
    return seconds % 60 == 0 ? seconds / 60 + " min" : seconds + " s";
  }
}
