package io.mlserve.commands;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.mlserve.metrics.Buckets;
import io.mlserve.metrics.Exposition;
import io.mlserve.metrics.MetricFamily;
import io.mlserve.metrics.ModelTraffic;
import io.mlserve.metrics.Sample;
import io.mlserve.metrics.ServerTraffic;
import io.mlserve.metrics.TrafficRate;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A scrape for programs: the rows of the table, then every metric of the server, mlserve's or not.
 * What JSON has no number for is the text {@code NaN}, {@code +Inf} or {@code -Inf}.
 */
final class MetricsJson {
  private static final int SCHEMA_VERSION = 1;
  private static final JsonFactory JSON = new JsonFactory();

  private final URI uri;
  private final Instant scrapedAt;
  private final Exposition scrape;
  private final ServerTraffic traffic;
  private final List<TrafficRate> rates;

  /**
   * @param rates of the same versions in the same order, or empty if they were not measured
   */
  MetricsJson(
      URI uri,
      Instant scrapedAt,
      Exposition scrape,
      ServerTraffic traffic,
      List<TrafficRate> rates) {
    this.uri = uri;
    this.scrapedAt = scrapedAt;
    this.scrape = scrape;
    this.traffic = traffic;
    this.rates = rates;
  }

  void print(PrintWriter out) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.useDefaultPrettyPrinter();
      write(json);
    } catch (IOException e) {
      throw new UncheckedIOException("a string refused characters", e);
    }
    out.println(text);
    out.flush();
  }

  private void write(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeNumberField("schema_version", SCHEMA_VERSION);
    json.writeStringField("url", uri.toString());
    json.writeStringField("scraped_at", scrapedAt.toString());
    if (traffic.inFlight().isPresent()) {
      number(json, "inflight_requests", traffic.inFlight().getAsDouble());
    }
    json.writeArrayFieldStart("models");
    for (ModelTraffic row : traffic.versions()) {
      Optional<TrafficRate> rate =
          rates.stream().filter(each -> each.now().equals(row)).findFirst();
      json.writeStartObject();
      row(json, row);
      if (rate.isPresent()) {
        rate(json, rate.get());
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("metrics");
    for (MetricFamily family : scrape.families()) {
      family(json, family);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void rate(JsonGenerator json, TrafficRate rate) throws IOException {
    json.writeObjectFieldStart("interval");
    number(json, "requests_per_second", rate.requestsPerSecond());
    number(json, "error_share", rate.errorShare());
    bounds(json, "p50", rate.latency().quantile(0.5));
    bounds(json, "p95", rate.latency().quantile(0.95));
    bounds(json, "p99", rate.latency().quantile(0.99));
    json.writeEndObject();
  }

  private static void row(JsonGenerator json, ModelTraffic row) throws IOException {
    json.writeStringField("model", row.model());
    json.writeStringField("version", row.version());
    json.writeStringField("state", row.state().orElse(null));
    number(json, "requests", row.requests());
    number(json, "errors", row.errors());
    if (row.latency().mean().isPresent()) {
      number(json, "mean_ms", row.latency().mean().getAsDouble() * 1000);
    }
    bounds(json, "p50", row.latency().quantile(0.5));
    bounds(json, "p95", row.latency().quantile(0.95));
    bounds(json, "p99", row.latency().quantile(0.99));
    if (row.inFlight().isPresent()) {
      number(json, "inflight_requests", row.inFlight().getAsDouble());
    }
    json.writeStringField("last_request_at", row.lastRequest().map(Instant::toString).orElse(null));
    if (row.loadSeconds().isPresent()) {
      number(json, "load_s", row.loadSeconds().getAsDouble());
    }
  }

  private static void bounds(JsonGenerator json, String name, Optional<Buckets.Bounds> bounds)
      throws IOException {
    if (bounds.isPresent()) {
      number(json, name + "_above_ms", bounds.get().above() * 1000);
      number(json, name + "_at_most_ms", bounds.get().atMost() * 1000);
    }
  }

  private static void family(JsonGenerator json, MetricFamily family) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", family.name());
    json.writeStringField("type", family.type());
    json.writeStringField("help", family.help());
    json.writeArrayFieldStart("samples");
    for (Sample sample : family.samples()) {
      json.writeStartObject();
      json.writeStringField("name", sample.name());
      json.writeObjectFieldStart("labels");
      for (Map.Entry<String, String> label : sample.labels().entrySet()) {
        json.writeStringField(label.getKey(), label.getValue());
      }
      json.writeEndObject();
      number(json, "value", sample.value());
      if (sample.timestampMillis().isPresent()) {
        json.writeNumberField("timestamp_ms", sample.timestampMillis().getAsLong());
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void number(JsonGenerator json, String name, double value) throws IOException {
    if (Double.isNaN(value)) {
      json.writeStringField(name, "NaN");
    } else if (Double.isInfinite(value)) {
      json.writeStringField(name, value > 0 ? "+Inf" : "-Inf");
    } else if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      json.writeNumberField(name, (long) value);
    } else {
      json.writeNumberField(name, value);
    }
  }
}
