package io.mlserve.commands;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.mlserve.bench.AnswerChange;
import io.mlserve.bench.BenchPoint;
import io.mlserve.bench.Confidence;
import io.mlserve.bench.Counts;
import io.mlserve.bench.FailureCount;
import io.mlserve.bench.GeneratorHealth;
import io.mlserve.bench.LoadPlan;
import io.mlserve.bench.MatchCount;
import io.mlserve.bench.Percentiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/**
 * A report for programs. Keys carry their unit; times ending in {@code _s} count from {@code
 * run.started_at}. Keys are added, never renamed, while {@code schema_version} stays the same.
 */
final class BenchJson {
  private static final int SCHEMA_VERSION = 1;
  private static final JsonFactory JSON = new JsonFactory();

  private final BenchContext context;
  private final BenchPoint report;

  BenchJson(BenchContext context, BenchPoint report) {
    this.context = context;
    this.report = report;
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
    run(json);
    target(json);
    load(json);
    json.writeObjectFieldStart("warm_up");
    counts(json, report.warmUp());
    json.writeEndObject();
    json.writeArrayFieldStart("points");
    point(json);
    json.writeEndArray();
    answers(json);
    generator(json);
    json.writeStringField("verdict", report.outcome().name().toLowerCase(Locale.ROOT));
    json.writeBooleanField("partial", report.interrupted());
    json.writeArrayFieldStart("reasons");
    for (String reason : report.reasons()) {
      json.writeString(reason);
    }
    json.writeEndArray();
    json.writeNumberField("exit_code", context.exitStatus());
    json.writeEndObject();
  }

  private void run(JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("run");
    json.writeStringField("tool", "mlserve bench");
    json.writeStringField("started_at", report.startedAt().toString());
    json.writeObjectFieldStart("host");
    json.writeNumberField("cores", Runtime.getRuntime().availableProcessors());
    json.writeStringField(
        "os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    json.writeStringField("java", System.getProperty("java.vm.version"));
    json.writeEndObject();
    json.writeEndObject();
  }

  private void target(JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("target");
    json.writeStringField("url", context.target().base().toString());
    json.writeStringField("model", context.target().model());
    json.writeStringField("version", context.served().version().orElse(null));
    json.writeStringField("api", BenchContext.API);
    json.writeEndObject();
  }

  private void load(JsonGenerator json) throws IOException {
    LoadPlan plan = context.plan();
    json.writeObjectFieldStart("load");
    json.writeStringField("loop", "closed");
    json.writeNumberField("connections", plan.schedule().connections());
    if (plan.extent().duration().isPresent()) {
      json.writeNumberField("duration_s", seconds(plan.extent().duration().get()));
    }
    if (plan.extent().requests().isPresent()) {
      json.writeNumberField("requests_limit", plan.extent().requests().getAsLong());
    }
    json.writeNumberField("warm_up_s", seconds(plan.extent().warmUp()));
    json.writeNumberField("timeout_s", seconds(plan.timeout()));
    json.writeStringField("input", context.input());
    json.writeNumberField("inputs", plan.inputs().size());
    if (context.isRandom()) {
      json.writeNumberField("seed", context.seed());
    }
    json.writeEndObject();
  }

  private void point(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeNumberField("concurrency", context.plan().schedule().connections());
    json.writeNumberField("elapsed_s", seconds(report.elapsed()));
    counts(json, report.measured());
    json.writeNumberField("rate_per_s", report.ratePerSecond());
    json.writeNumberField("reconnects", report.reconnects());
    json.writeStringField("latency_from", "send");
    latency(json, report.latency());
    json.writeEndObject();
  }

  private void latency(JsonGenerator json, Percentiles latency) throws IOException {
    json.writeObjectFieldStart("latency_ms");
    for (Percentiles.Figure figure : latency.figures()) {
      json.writeNumberField(figure.name(), figure.nanos() / 1e6);
    }
    json.writeNumberField("max", latency.maxNanos() / 1e6);
    json.writeNumberField("min", latency.minNanos() / 1e6);
    json.writeNumberField("mean", latency.meanNanos() / 1e6);
    json.writeEndObject();
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

  private static void counts(JsonGenerator json, Counts counts) throws IOException {
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

  private void answers(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("answers");
    for (MatchCount match : report.answers().matches()) {
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
    for (AnswerChange change : report.answers().changes()) {
      json.writeStartObject();
      json.writeNumberField("at_s", change.atNanos() / 1e9);
      json.writeStringField("at", at(change.atNanos()));
      json.writeStringField("from", change.from().orElse(null));
      json.writeStringField("to", change.to());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void generator(JsonGenerator json) throws IOException {
    GeneratorHealth generator = report.generator();
    json.writeObjectFieldStart("generator");
    json.writeNumberField("samples", generator.samples());
    json.writeNumberField("lag_p50_ms", generator.lagP50Nanos() / 1e6);
    json.writeNumberField("lag_p99_ms", generator.lagP99Nanos() / 1e6);
    json.writeNumberField("lag_max_ms", generator.lagMaxNanos() / 1e6);
    json.writeNumberField("late_share", generator.late());
    json.writeNumberField("busy_share", generator.busy());
    json.writeBooleanField("kept_up", generator.keptUp());
    json.writeEndObject();
  }

  private String at(long nanos) {
    Instant instant = report.startedAt().plusNanos(nanos);
    return instant.toString();
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
