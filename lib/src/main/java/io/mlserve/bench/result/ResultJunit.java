package io.mlserve.bench.result;

import io.mlserve.bench.BenchPoint;
import io.mlserve.bench.verdict.SloVerdict;
import io.mlserve.bench.verdict.Verdict;
import java.util.List;
import java.util.Locale;

/** A result as a JUnit report: a test for the requests, each objective and each limit. */
public final class ResultJunit {
  private final StringBuilder cases = new StringBuilder();
  private int tests;
  private int failures;
  private int skipped;

  private ResultJunit() {}

  public static String write(BenchResult result) {
    return new ResultJunit().suite(result);
  }

  private String suite(BenchResult result) {
    List<BenchPoint> points = result.run().points();
    double seconds = 0;
    for (int i = 0; i < points.size(); i++) {
      seconds += points.get(i).elapsed().toNanos() / 1e9;
      if (result.findings().points().get(i).counts()) {
        point(points.get(i), result.findings().points().get(i));
      }
    }
    result.findings().baseline().ifPresent(this::baseline);
    return """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuite name="%s" tests="%d" failures="%d" skipped="%d" errors="0" time="%s" \
        timestamp="%s">
        %s</testsuite>
        """
        .formatted(
            escaped("mlserve bench " + result.run().target().model()),
            tests,
            failures,
            skipped,
            String.format(Locale.ROOT, "%.3f", seconds),
            result.run().run().startedAt(),
            cases);
  }

  private void point(BenchPoint point, PointFindings findings) {
    String load = Differences.load(point.schedule());
    List<String> reasons = point.reasons();
    Verdict requests =
        switch (point.outcome()) {
          case PASS -> Verdict.PASS;
          case FAIL -> Verdict.FAIL;
          case INCONCLUSIVE, INTERRUPTED -> Verdict.NOT_ENOUGH;
        };
    add(load, "every request gets its right answer", requests, String.join("; ", reasons));
    for (SloVerdict slo : findings.slo()) {
      add(load, slo.slo().text(), slo.verdict(), slo.basis());
    }
    findings
        .stability()
        .ifPresent(
            stability ->
                add(
                    load,
                    "measurements agree",
                    stability.stable() ? Verdict.PASS : Verdict.NOT_ENOUGH,
                    stability.tries().size() + " measurements"));
  }

  private void baseline(BaselineFindings baseline) {
    for (BaselineFindings.Limit limit : baseline.limits()) {
      String basis =
          baseline.comparison().changes().stream()
              .filter(change -> change.metric().equals(limit.limit().metric()))
              .map(change -> change.text())
              .findFirst()
              .orElse("");
      add("baseline " + baseline.name(), limit.limit().text(), limit.verdict(), basis);
    }
  }

  private void add(String group, String name, Verdict verdict, String why) {
    tests++;
    cases.append(
        "  <testcase classname=\"%s\" name=\"%s\"".formatted(escaped(group), escaped(name)));
    switch (verdict) {
      case PASS -> cases.append("/>\n");
      case NOT_ENOUGH -> {
        skipped++;
        cases.append(
            "><skipped message=\"%s\"/></testcase>\n"
                .formatted(escaped(verdict.words() + ": " + why)));
      }
      case FAIL -> {
        failures++;
        cases.append("><failure message=\"%s\"/></testcase>\n".formatted(escaped(why)));
      }
    }
  }

  private static String escaped(String text) {
    return text.replaceAll("[\\p{Cntrl}]", " ")
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
