package io.mlserve.bench.result;

import com.fasterxml.jackson.core.JsonGenerator;
import io.mlserve.bench.verdict.Change;
import io.mlserve.bench.verdict.Metric;
import io.mlserve.bench.verdict.SloVerdict;
import io.mlserve.bench.verdict.StabilityRule;
import java.io.IOException;
import java.util.Locale;

/** Writes what was concluded. */
final class FindingsJson {
  private FindingsJson() {}

  static void role(JsonGenerator json, PointFindings findings) throws IOException {
    json.writeStringField("role", word(findings.role()));
  }

  static void slo(JsonGenerator json, PointFindings findings) throws IOException {
    json.writeArrayFieldStart("slo");
    for (SloVerdict slo : findings.slo()) {
      json.writeStartObject();
      json.writeStringField("expr", slo.slo().text());
      json.writeStringField("verdict", word(slo.verdict()));
      json.writeNumberField("value" + unit(slo.slo().metric()), scaled(slo));
      json.writeNumberField("over", slo.over());
      json.writeNumberField("requests", slo.requests());
      json.writeNumberField("requests_needed", slo.needed());
      json.writeNumberField("confidence", slo.confidence());
      json.writeStringField("basis", slo.basis());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  static String unit(Metric metric) {
    return metric.isTime() ? "_ms" : metric.kind() == Metric.Kind.RATE ? "_per_s" : "_share";
  }

  private static double scaled(SloVerdict slo) {
    return slo.slo().metric().isTime() ? slo.value() / 1e6 : slo.value();
  }

  static void stability(JsonGenerator json, PointFindings findings) throws IOException {
    if (findings.stability().isEmpty()) {
      return;
    }
    Stability stability = findings.stability().get();
    json.writeObjectFieldStart("stability");
    json.writeBooleanField("stable", stability.stable());
    json.writeNumberField("windows", stability.rule().windows());
    json.writeNumberField("within", stability.rule().within());
    json.writeArrayFieldStart("tries");
    for (StabilityRule.Measurement measurement : stability.tries()) {
      json.writeStartObject();
      json.writeNumberField("rate_per_s", measurement.rate());
      json.writeNumberField("p50_ms", measurement.medianNanos() / 1e6);
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  static void max(JsonGenerator json, Findings findings) throws IOException {
    if (findings.max().isEmpty()) {
      return;
    }
    MaxFindings max = findings.max().get();
    json.writeObjectFieldStart("max");
    if (max.rate().isPresent()) {
      json.writeNumberField("offered_per_s", max.rate().getAsDouble());
    }
    if (max.goodput().isPresent()) {
      json.writeNumberField("goodput_per_s", max.goodput().getAsDouble());
    }
    json.writeBooleanField("bounded", max.bounded());
    json.writeNumberField("runs", max.runs());
    json.writeStringField("problem", max.problem().orElse(null));
    json.writeEndObject();
  }

  static void baseline(JsonGenerator json, Findings findings) throws IOException {
    if (findings.baseline().isEmpty()) {
      return;
    }
    BaselineFindings baseline = findings.baseline().get();
    json.writeObjectFieldStart("baseline");
    json.writeStringField("name", baseline.name());
    json.writeStringField("outcome", word(baseline.comparison().outcome()));
    json.writeNumberField("windows", baseline.comparison().windows());
    json.writeStringField("hdr", HdrText.of(baseline.latency()));
    ResultJson.texts(json, "notes", baseline.notes());
    json.writeArrayFieldStart("changes");
    for (Change change : baseline.comparison().changes()) {
      json.writeStartObject();
      json.writeStringField("metric", change.metric().name());
      json.writeStringField("outcome", word(change.outcome()));
      double scale = change.metric().isTime() ? 1e6 : 1;
      json.writeNumberField("base" + unit(change.metric()), change.base() / scale);
      json.writeNumberField("now" + unit(change.metric()), change.now() / scale);
      json.writeNumberField("change", change.change());
      json.writeNumberField("low", change.low());
      json.writeNumberField("high", change.high());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("limits");
    for (BaselineFindings.Limit limit : baseline.limits()) {
      json.writeStartObject();
      json.writeStringField("expr", limit.limit().text());
      json.writeStringField("verdict", word(limit.verdict()));
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
