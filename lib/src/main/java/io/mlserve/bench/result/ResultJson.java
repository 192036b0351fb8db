package io.mlserve.bench.result;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.mlserve.bench.BenchRun;
import io.mlserve.bench.HostFacts;
import io.mlserve.bench.LoadFacts;
import io.mlserve.bench.RunFacts;
import io.mlserve.bench.TargetFacts;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A result as JSON. Keys carry their unit; times ending in {@code _s} count from the {@code
 * started_at} of their point. Keys are added, never renamed, while {@code schema_version} stays the
 * same. The schema is the resource {@value #SCHEMA}.
 */
public final class ResultJson {
  /** The JSON Schema, beside this class. */
  public static final String SCHEMA = "bench-result.schema.json";

  static final int SCHEMA_VERSION = 1;
  private static final JsonFactory JSON = new JsonFactory();

  private ResultJson() {}

  /** The whole document, ending with a line break. */
  public static String write(BenchResult result) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.useDefaultPrettyPrinter();
      document(json, result);
    } catch (IOException e) {
      throw new UncheckedIOException("a string refused characters", e);
    }
    return text + "\n";
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @param name what to call the source in a message
   */
  public static BenchResult read(String name, byte[] bytes) {
    return ResultReader.read(name, bytes);
  }

  private static void document(JsonGenerator json, BenchResult result) throws IOException {
    BenchRun run = result.run();
    Findings findings = result.findings();
    json.writeStartObject();
    json.writeNumberField("schema_version", SCHEMA_VERSION);
    run(json, run.run());
    target(json, run.target());
    load(json, run.load());
    json.writeObjectFieldStart("labels");
    for (Map.Entry<String, String> label : findings.labels().entrySet()) {
      json.writeStringField(label.getKey(), label.getValue());
    }
    json.writeEndObject();
    json.writeArrayFieldStart("points");
    for (int i = 0; i < run.points().size(); i++) {
      PointJson.write(json, run.points().get(i), findings.points().get(i));
    }
    json.writeEndArray();
    FindingsJson.max(json, findings);
    FindingsJson.baseline(json, findings);
    json.writeStringField("verdict", findings.outcome().word());
    json.writeBooleanField("partial", findings.outcome() == Outcome.INTERRUPTED);
    texts(json, "reasons", findings.reasons());
    json.writeNumberField("exit_code", findings.exitStatus());
    json.writeEndObject();
  }

  private static void run(JsonGenerator json, RunFacts run) throws IOException {
    json.writeObjectFieldStart("run");
    json.writeStringField("tool", "mlserve bench");
    json.writeStringField("version", run.toolVersion());
    texts(json, "args", run.args());
    json.writeNumberField("seed", run.seed());
    json.writeStringField("started_at", run.startedAt().toString());
    HostFacts host = run.host();
    json.writeObjectFieldStart("host");
    json.writeStringField("cpu", host.cpu().orElse(null));
    json.writeNumberField("cores", host.cores());
    json.writeNumberField("memory_bytes", host.memoryBytes());
    json.writeStringField("os", host.os());
    json.writeStringField("governor", host.governor().orElse(null));
    json.writeStringField("jvm", host.jvm());
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void target(JsonGenerator json, TargetFacts target) throws IOException {
    json.writeObjectFieldStart("target");
    json.writeStringField("url", target.url());
    json.writeStringField("api", target.api());
    json.writeStringField("model", target.model());
    json.writeStringField("version", target.version().orElse(null));
    json.writeStringField("digest", target.digest().orElse(null));
    json.writeEndObject();
  }

  private static void load(JsonGenerator json, LoadFacts load) throws IOException {
    json.writeObjectFieldStart("load");
    json.writeStringField("scenario", load.scenario().orElse(null));
    json.writeNumberField("warm_up_s", seconds(load.extent().warmUp()));
    if (load.extent().duration().isPresent()) {
      json.writeNumberField("duration_s", seconds(load.extent().duration().get()));
    }
    if (load.extent().requests().isPresent()) {
      json.writeNumberField("requests_limit", load.extent().requests().getAsLong());
    }
    json.writeNumberField("ramp_s", seconds(load.ramp()));
    json.writeNumberField("cool_down_s", seconds(load.coolDown()));
    json.writeNumberField("timeout_s", seconds(load.timeout()));
    json.writeStringField("input", load.input());
    json.writeNumberField("inputs", load.inputs());
    json.writeNumberField("batch", load.batch());
    json.writeEndObject();
  }

  static void texts(JsonGenerator json, String name, List<String> texts) throws IOException {
    json.writeArrayFieldStart(name);
    for (String text : texts) {
      json.writeString(text);
    }
    json.writeEndArray();
  }

  static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
