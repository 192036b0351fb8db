package io.mlserve.bench.result;

import com.fasterxml.jackson.core.JsonGenerator;
import io.mlserve.bench.AnswerChange;
import io.mlserve.bench.BenchPoint;
import io.mlserve.bench.Confidence;
import io.mlserve.bench.Counts;
import io.mlserve.bench.EventReport;
import io.mlserve.bench.FailureCount;
import io.mlserve.bench.GeneratorHealth;
import io.mlserve.bench.MatchCount;
import io.mlserve.bench.Percentiles;
import io.mlserve.bench.Schedule;
import io.mlserve.bench.ServerView;
import io.mlserve.bench.Window;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** Writes one point of a result, with what was concluded from it. */
final class PointJson {
  private final JsonGenerator json;
  private final BenchPoint point;

  private PointJson(JsonGenerator json, BenchPoint point) {
    this.json = json;
    this.point = point;
  }

  static void write(JsonGenerator json, BenchPoint point, PointFindings findings)
      throws IOException {
    new PointJson(json, point).write(findings);
  }

  private void write(PointFindings findings) throws IOException {
    json.writeStartObject();
    FindingsJson.role(json, findings);
    schedule();
    json.writeStringField("started_at", point.startedAt().toString());
    json.writeNumberField("measured_from_s", ResultJson.seconds(point.measuredFrom()));
    json.writeNumberField("elapsed_s", ResultJson.seconds(point.elapsed()));
    counts(point.measured());
    json.writeNumberField("rate_per_s", point.ratePerSecond());
    figures("latency_ms", point.timings().latencyFigures());
    figures("service_ms", point.timings().serviceFigures());
    figures("send_lag_ms", point.timings().sendLagFigures());
    confidence(point.timings().latencyFigures());
    json.writeObjectFieldStart("hdr");
    json.writeStringField("latency", HdrText.of(point.timings().latency()));
    json.writeStringField("service", HdrText.of(point.timings().service()));
    json.writeStringField("send_lag", HdrText.of(point.timings().sendLag()));
    json.writeEndObject();
    json.writeObjectFieldStart("warm_up");
    counts(point.warmUp());
    json.writeEndObject();
    FindingsJson.slo(json, findings);
    FindingsJson.stability(json, findings);
    events();
    answers();
    generator();
    json.writeNumberField("reconnects", point.reconnects());
    server();
    json.writeBooleanField("interrupted", point.interrupted());
    windows();
    json.writeEndObject();
  }

  private void schedule() throws IOException {
    if (point.schedule() instanceof Schedule.Closed closed) {
      json.writeStringField("loop", "closed");
      json.writeNumberField("concurrency", closed.concurrency());
      json.writeNumberField("connections", closed.connections());
    } else if (point.schedule() instanceof Schedule.Open open) {
      json.writeStringField("loop", "open");
      json.writeNumberField("offered_per_s", open.ratePerSecond());
      json.writeStringField("arrival", open.arrival().word());
      json.writeNumberField("schedule_seed", open.seed());
      json.writeNumberField("connections", open.connections());
      json.writeNumberField("max_outstanding", open.maxOutstanding());
    }
  }

  private void counts(Counts counts) throws IOException {
    json.writeNumberField("sent", counts.sent());
    json.writeNumberField("ok", counts.ok());
    json.writeNumberField("failed", counts.failed());
    json.writeNumberField("wrong", counts.failed("wrong-answer"));
    json.writeNumberField("abandoned", counts.abandoned());
    json.writeObjectFieldStart("errors");
    for (FailureCount failure : counts.failures()) {
      json.writeNumberField(failure.label(), failure.count());
    }
    json.writeEndObject();
    json.writeArrayFieldStart("first_errors");
    for (FailureCount failure : counts.failures()) {
      json.writeStartObject();
      json.writeStringField("class", failure.label());
      json.writeNumberField("at_s", failure.firstNanos() / 1e9);
      json.writeStringField("detail", failure.first().detail());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void figures(String name, Percentiles percentiles) throws IOException {
    json.writeObjectFieldStart(name);
    for (Percentiles.Figure figure : percentiles.figures()) {
      json.writeNumberField(figure.name(), figure.nanos() / 1e6);
    }
    json.writeNumberField("max", percentiles.maxNanos() / 1e6);
    json.writeNumberField("min", percentiles.minNanos() / 1e6);
    json.writeNumberField("mean", percentiles.meanNanos() / 1e6);
    json.writeEndObject();
  }

  private void confidence(Percentiles latency) throws IOException {
    json.writeObjectFieldStart("confidence");
    json.writeNumberField("level", Confidence.STANDARD.level());
    for (Percentiles.Figure figure : latency.figures()) {
      json.writeObjectFieldStart(figure.name());
      json.writeBooleanField("enough", figure.isSupported());
      json.writeNumberField("requests_needed", figure.requestsNeeded());
      if (figure.upperNanos().isPresent()) {
        json.writeNumberField("upper_ms", figure.upperNanos().getAsLong() / 1e6);
      }
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  private void events() throws IOException {
    json.writeArrayFieldStart("events");
    for (EventReport event : point.events()) {
      json.writeStartObject();
      json.writeStringField("name", event.name());
      json.writeNumberField("at_s", ResultJson.seconds(event.at()));
      json.writeNumberField("took_s", ResultJson.seconds(event.took()));
      if (event.exitStatus().isPresent()) {
        json.writeNumberField("exit_status", event.exitStatus().getAsInt());
      }
      json.writeStringField("output", event.output());
      Optional<Window> around = point.around(event, Around.BEFORE, Around.AFTER);
      if (around.isPresent()) {
        window(around.get());
      }
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void window(Window window) throws IOException {
    json.writeObjectFieldStart("window");
    json.writeNumberField("from_s", ResultJson.seconds(window.start()));
    json.writeNumberField("to_s", ResultJson.seconds(window.end()));
    json.writeNumberField("due", window.due());
    json.writeNumberField("errors", window.failed());
    json.writeNumberField("p50_ms", millis(window, 50));
    json.writeNumberField("p99_ms", millis(window, 99));
    json.writeNumberField("max_ms", window.latency().getMaxValue() / 1e6);
    json.writeEndObject();
  }

  private void answers() throws IOException {
    json.writeArrayFieldStart("answers");
    for (MatchCount match : point.answers().matches()) {
      json.writeStartObject();
      json.writeStringField("file", match.name());
      json.writeNumberField("count", match.count());
      if (match.count() > 0) {
        json.writeNumberField("first_sent_s", match.firstSentNanos() / 1e9);
        json.writeNumberField("first_answer_s", match.firstAnswerNanos() / 1e9);
        json.writeNumberField("last_sent_s", match.lastSentNanos() / 1e9);
        json.writeNumberField("last_answer_s", match.lastAnswerNanos() / 1e9);
        json.writeStringField("first_answer_at", at(match.firstAnswerNanos()));
        json.writeStringField("last_sent_at", at(match.lastSentNanos()));
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("changes");
    for (AnswerChange change : point.answers().changes()) {
      json.writeStartObject();
      json.writeNumberField("at_s", change.atNanos() / 1e9);
      json.writeStringField("at", at(change.atNanos()));
      json.writeStringField("from", change.from().orElse(null));
      json.writeStringField("to", change.to());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void generator() throws IOException {
    GeneratorHealth generator = point.generator();
    json.writeObjectFieldStart("generator");
    json.writeNumberField("samples", generator.samples());
    json.writeNumberField("lag_p50_ms", generator.lagP50Nanos() / 1e6);
    json.writeNumberField("lag_p99_ms", generator.lagP99Nanos() / 1e6);
    json.writeNumberField("lag_max_ms", generator.lagMaxNanos() / 1e6);
    json.writeNumberField("late_share", generator.late());
    json.writeNumberField("busy_share", generator.busy());
    json.writeNumberField("gc_s", ResultJson.seconds(generator.gc()));
    json.writeNumberField("cpu_s", ResultJson.seconds(generator.cpu()));
    json.writeBooleanField("kept_up", generator.keptUp());
    json.writeEndObject();
  }

  private void server() throws IOException {
    if (point.server().isEmpty()) {
      return;
    }
    ServerView server = point.server().get();
    json.writeObjectFieldStart("server");
    json.writeStringField("source", server.source());
    json.writeStringField("problem", server.problem().orElse(null));
    if (server.requests().isPresent()) {
      json.writeNumberField("requests", server.requests().getAsLong());
    }
    json.writeNumberField("requests_sent", server.sent());
    if (server.queue().isPresent()) {
      json.writeNumberField("queue_ms", server.queue().get().toNanos() / 1e6);
    }
    if (server.compute().isPresent()) {
      json.writeNumberField("compute_ms", server.compute().get().toNanos() / 1e6);
    }
    if (server.meanBatch().isPresent()) {
      json.writeNumberField("mean_batch", server.meanBatch().getAsDouble());
    }
    if (server.cpuCores().isPresent()) {
      json.writeNumberField("cpu_cores", server.cpuCores().getAsDouble());
    }
    json.writeObjectFieldStart("differences");
    for (Map.Entry<String, Double> counter : server.differences().entrySet()) {
      json.writeNumberField(counter.getKey(), counter.getValue());
    }
    json.writeEndObject();
    json.writeEndObject();
  }

  // Column by column: an object for each of hundreds of windows would be mostly keys.
  private void windows() throws IOException {
    List<Window> windows = point.windows();
    json.writeObjectFieldStart("windows");
    decimals("start_s", windows, window -> ResultJson.seconds(window.start()));
    decimals("length_s", windows, window -> ResultJson.seconds(window.length()));
    numbers("due", windows, Window::due);
    numbers("ok_of_due", windows, Window::ok);
    numbers("failed_of_due", windows, Window::failed);
    numbers("answered", windows, Window::answered);
    decimals("p50_ms", windows, window -> millis(window, 50));
    decimals("p99_ms", windows, window -> millis(window, 99));
    json.writeArrayFieldStart("hdr");
    for (Window window : windows) {
      json.writeString(HdrText.of(window.latency()));
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void numbers(String name, List<Window> windows, ToLongFunction<Window> column)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (Window window : windows) {
      json.writeNumber(column.applyAsLong(window));
    }
    json.writeEndArray();
  }

  private void decimals(String name, List<Window> windows, ToDoubleFunction<Window> column)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (Window window : windows) {
      json.writeNumber(column.applyAsDouble(window));
    }
    json.writeEndArray();
  }

  private static double millis(Window window, double percentile) {
    return window.latency().getTotalCount() == 0
        ? 0
        : window.latency().getValueAtPercentile(percentile) / 1e6;
  }

  private String at(long nanos) {
    return point.startedAt().plus(Duration.ofNanos(nanos)).toString();
  }
}
