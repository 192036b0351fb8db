package io.mlserve.protocol.oip;

import com.fasterxml.jackson.core.JsonGenerator;
import io.mlserve.serving.ServableStatistics.BatchDurations;
import io.mlserve.serving.ServableStatistics.Duration;
import io.mlserve.serving.ServableStatistics.Snapshot;
import java.io.IOException;
import java.util.List;

/** The statistics extension: every counter that clients read, also those that stay 0 here. */
final class OipJsonStatistics {
  private static final Duration NEVER = new Duration(0, 0);

  private OipJsonStatistics() {}

  /** What one version of one model was asked. */
  record Entry(String model, long version, Snapshot counts) {}

  static OipJson.Content of(List<Entry> entries) {
    return json -> {
      json.writeStartObject();
      json.writeArrayFieldStart("model_stats");
      for (Entry entry : entries) {
        write(json, entry);
      }
      json.writeEndArray();
      json.writeEndObject();
    };
  }

  private static void write(JsonGenerator json, Entry entry) throws IOException {
    Snapshot counts = entry.counts();
    json.writeStartObject();
    json.writeStringField("name", entry.model());
    json.writeStringField("version", Long.toString(entry.version()));
    json.writeNumberField("last_inference", counts.lastMillis());
    json.writeNumberField("inference_count", counts.rows());
    json.writeNumberField("execution_count", counts.executions());
    json.writeObjectFieldStart("inference_stats");
    duration(json, "success", counts.success());
    duration(json, "fail", counts.failure());
    duration(json, "queue", counts.queue());
    duration(json, "compute_input", counts.input());
    duration(json, "compute_infer", counts.infer());
    duration(json, "compute_output", counts.output());
    duration(json, "cache_hit", NEVER);
    duration(json, "cache_miss", NEVER);
    json.writeEndObject();
    json.writeObjectFieldStart("response_stats");
    json.writeEndObject();
    json.writeArrayFieldStart("batch_stats");
    for (BatchDurations batch : counts.batches()) {
      json.writeStartObject();
      json.writeNumberField("batch_size", batch.size());
      duration(json, "compute_input", batch.input());
      duration(json, "compute_infer", batch.infer());
      duration(json, "compute_output", batch.output());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("memory_usage");
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void duration(JsonGenerator json, String key, Duration total) throws IOException {
    json.writeObjectFieldStart(key);
    json.writeNumberField("count", total.count());
    json.writeNumberField("ns", total.nanos());
    json.writeEndObject();
  }
}
