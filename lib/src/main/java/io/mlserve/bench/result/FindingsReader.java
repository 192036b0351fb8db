package io.mlserve.bench.result;

import io.mlserve.bench.verdict.Change;
import io.mlserve.bench.verdict.Comparison;
import io.mlserve.bench.verdict.Metric;
import io.mlserve.bench.verdict.RegressionLimit;
import io.mlserve.bench.verdict.Slo;
import io.mlserve.bench.verdict.SloVerdict;
import io.mlserve.bench.verdict.StabilityRule;
import io.mlserve.bench.verdict.Verdict;
import java.util.OptionalDouble;

/** Reads what was concluded. */
final class FindingsReader {
  private FindingsReader() {}

  static PointFindings point(Part point) {
    return new PointFindings(
        point.at("role").constant(PointFindings.Role.class),
        point.at("slo").items().stream().map(FindingsReader::slo).toList(),
        point.maybe("stability").map(FindingsReader::stability));
  }

  private static SloVerdict slo(Part slo) {
    Slo parsed = Slo.parse(slo.at("expr").text());
    double value = slo.at("value" + FindingsJson.unit(parsed.metric())).number();
    return new SloVerdict(
        parsed,
        slo.at("verdict").constant(Verdict.class),
        parsed.metric().isTime() ? value * 1e6 : value,
        slo.at("over").whole(),
        slo.at("requests").whole(),
        slo.at("requests_needed").whole(),
        slo.at("confidence").number());
  }

  private static Stability stability(Part part) {
    return new Stability(
        new StabilityRule(part.at("windows").small(), part.at("within").number()),
        part.at("stable").truth(),
        part.at("tries").items().stream()
            .map(
                tried ->
                    new StabilityRule.Measurement(
                        tried.at("rate_per_s").number(), tried.at("p50_ms").number() * 1e6))
            .toList());
  }

  static MaxFindings max(Part max) {
    return new MaxFindings(
        decimal(max, "offered_per_s"),
        decimal(max, "goodput_per_s"),
        max.at("bounded").truth(),
        max.at("runs").small(),
        max.maybe("problem").map(Part::text));
  }

  private static OptionalDouble decimal(Part part, String key) {
    return part.maybe(key).stream().mapToDouble(Part::number).findFirst();
  }

  static BaselineFindings baseline(Part baseline) {
    return new BaselineFindings(
        baseline.at("name").text(),
        PointReader.histogram(baseline.at("hdr")),
        new Comparison(
            baseline.at("changes").items().stream().map(FindingsReader::change).toList(),
            baseline.at("windows").small()),
        baseline.at("limits").items().stream().map(FindingsReader::limit).toList(),
        baseline.at("notes").texts());
  }

  private static Change change(Part change) {
    Metric metric = Metric.parse(change.at("metric").text());
    double scale = metric.isTime() ? 1e6 : 1;
    String unit = FindingsJson.unit(metric);
    return new Change(
        metric,
        change.at("base" + unit).number() * scale,
        change.at("now" + unit).number() * scale,
        change.at("change").number(),
        change.at("low").number(),
        change.at("high").number());
  }

  private static BaselineFindings.Limit limit(Part limit) {
    return new BaselineFindings.Limit(
        RegressionLimit.parse(limit.at("expr").text()).get(0),
        limit.at("verdict").constant(Verdict.class));
  }
}
