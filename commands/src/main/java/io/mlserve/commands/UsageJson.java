package io.mlserve.commands;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.mlserve.usage.Evidence;
import io.mlserve.usage.UsageReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/** A usage report for programs. */
final class UsageJson {
  private static final int SCHEMA_VERSION = 1;
  private static final JsonFactory JSON = new JsonFactory();

  private UsageJson() {}

  static void print(PrintWriter out, UsageReport report) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text).useDefaultPrettyPrinter()) {
      json.writeStartObject();
      json.writeNumberField("schema_version", SCHEMA_VERSION);
      json.writeStringField("at", report.window().end().toString());
      json.writeNumberField("window_s", report.window().length().toMillis() / 1e3);
      json.writeStringField("outcome", report.outcome().name());
      json.writeArrayFieldStart("doubts");
      for (String doubt : report.doubts()) {
        json.writeString(doubt);
      }
      json.writeEndArray();
      json.writeArrayFieldStart("versions");
      for (UsageReport.Row row : report.rows()) {
        row(json, row);
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a string refused characters", e);
    }
    out.println(text);
    out.flush();
  }

  private static void row(JsonGenerator json, UsageReport.Row row) throws IOException {
    Evidence evidence = row.evidence();
    Evidence.Traffic traffic = evidence.traffic();
    json.writeStartObject();
    json.writeStringField("model", evidence.version().model());
    json.writeStringField("version", evidence.version().version());
    json.writeStringField("verdict", row.verdict().kind().name());
    json.writeStringField("reason", row.verdict().reason());
    json.writeBooleanField("loaded", evidence.standing().loaded());
    json.writeNumberField("max_hourly_qps", traffic.peak());
    json.writeNumberField("requests", traffic.requests());
    json.writeNumberField("in_flight", traffic.inFlight());
    json.writeStringField("last_request_at", traffic.last().map(Instant::toString).orElse(null));
    json.writeObjectFieldStart("addressed");
    for (Map.Entry<String, Double> each : new TreeMap<>(traffic.addressed()).entrySet()) {
      json.writeNumberField(each.getKey(), each.getValue());
    }
    json.writeEndObject();
    json.writeNumberField("coverage", evidence.coverage());
    json.writeBooleanField("default", evidence.standing().isDefault());
    json.writeBooleanField("only_version", evidence.standing().isOnly());
    json.writeArrayFieldStart("labels");
    for (String label : evidence.standing().labels()) {
      json.writeString(label);
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
