package io.mlserve.admin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.mlserve.config.ConfigPlan;
import io.mlserve.http.HttpReply;
import io.mlserve.serving.Found;
import io.mlserve.serving.Lease;
import io.mlserve.serving.ModelSettings;
import io.mlserve.serving.Servable;
import io.mlserve.serving.ServableStatistics;
import io.mlserve.serving.ServedModel;
import io.mlserve.serving.VersionEvent;
import io.mlserve.serving.VersionStatus;
import io.mlserve.version.VersionChoice;
import io.mlserve.version.VersionPolicy;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/** The answers of the admin listener. */
final class AdminJson {
  private static final JsonFactory JSON = new JsonFactory();

  private AdminJson() {}

  /** Something that writes one JSON value. */
  @FunctionalInterface
  interface Content {
    void writeTo(JsonGenerator json) throws IOException;
  }

  static HttpReply reply(int status, Content content) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text).useDefaultPrettyPrinter()) {
      content.writeTo(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a StringWriter has nothing to fail with
    }
    return HttpReply.text(status, HttpReply.JSON, text + "\n");
  }

  static HttpReply error(int status, String message) {
    return reply(
        status,
        json -> {
          json.writeStartObject();
          json.writeStringField("error", message);
          json.writeEndObject();
        });
  }

  /** A model as operators see it. */
  record ModelSheet(ServedModel model, ModelSettings settings, SortedMap<Long, Instant> retired) {}

  static void model(JsonGenerator json, ModelSheet sheet) throws IOException {
    ServedModel model = sheet.model();
    json.writeStartObject();
    settings(json, "policy", sheet.settings());
    json.writeArrayFieldStart("retired");
    for (Map.Entry<Long, Instant> retired : sheet.retired().entrySet()) {
      json.writeStartObject();
      json.writeNumberField("version", retired.getKey());
      json.writeStringField("since", retired.getValue().toString());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("versions");
    for (VersionStatus version : model.versions()) {
      version(json, model, version);
    }
    json.writeEndArray();
    events(json, model);
    json.writeEndObject();
  }

  private static void events(JsonGenerator json, ServedModel model) throws IOException {
    json.writeArrayFieldStart("events");
    for (VersionEvent event : model.events()) {
      event(json, event);
    }
    json.writeEndArray();
  }

  private static void event(JsonGenerator json, VersionEvent event) throws IOException {
    VersionEvent.Occasion occasion = event.occasion();
    json.writeStartObject();
    json.writeStringField("at", event.at().toString());
    json.writeNumberField("version", event.version());
    json.writeStringField("state", event.status().state().name());
    if (event.status().failure().isPresent()) {
      json.writeStringField("reason", event.status().failure().get().message());
    }
    json.writeStringField("cause", occasion.cause().label());
    if (occasion.before().isPresent()) {
      json.writeNumberField("before", occasion.before().getAsLong());
    }
    if (occasion.took().isPresent()) {
      json.writeNumberField("seconds", occasion.took().get().toNanos() / 1e9);
    }
    if (occasion.source().isPresent()) {
      json.writeStringField("source", occasion.source().get().toString());
    }
    json.writeEndObject();
  }

  private static void version(JsonGenerator json, ServedModel model, VersionStatus version)
      throws IOException {
    json.writeStartObject();
    json.writeNumberField("version", version.version());
    json.writeStringField("state", version.state().name());
    json.writeStringField("since", version.since().toString());
    if (version.failure().isPresent()) {
      json.writeStringField("reason", version.failure().get().message());
      json.writeStringField("error_code", version.failure().get().code().name());
    }
    if (model.find(new VersionChoice.Specific(version.version())) instanceof Found.Leased leased) {
      try (Lease<Servable> lease = leased.lease()) {
        servable(json, lease.value());
      }
    }
    json.writeEndObject();
  }

  private static void servable(JsonGenerator json, Servable servable) throws IOException {
    ServableStatistics.Snapshot counted = servable.statistics().read();
    json.writeNumberField("in_flight", servable.statistics().inFlight());
    json.writeNumberField("requests", counted.success().count() + counted.failure().count());
    json.writeNumberField("failures", counted.failure().count());
    json.writeNumberField("rows", counted.rows());
    json.writeStringField("model_file", servable.origin().file().toString());
    json.writeNumberField("model_file_bytes", servable.origin().bytes());
    if (!servable.origin().digest().isEmpty()) {
      json.writeStringField("digest", servable.origin().digest());
    }
    if (counted.lastMillis() > 0) {
      json.writeStringField("last_request", Instant.ofEpochMilli(counted.lastMillis()).toString());
    }
  }

  /**
   * The fields that say how a model is served, in the names of the configuration file.
   *
   * @param policy what the policy is called, for which the file says {@code versions}
   */
  static void settings(JsonGenerator json, String policy, ModelSettings settings)
      throws IOException {
    json.writeStringField("name", settings.name().text());
    json.writeStringField("path", settings.folder().path().toString());
    json.writeStringField("timestamp-file", settings.folder().timestampFile());
    json.writeFieldName(policy);
    policy(json, settings.policy());
    json.writeObjectFieldStart("labels");
    for (Map.Entry<String, Long> label : settings.labels().entrySet()) {
      json.writeNumberField(label.getKey(), label.getValue());
    }
    json.writeEndObject();
  }

  // As "versions" in the configuration file.
  private static void policy(JsonGenerator json, VersionPolicy policy) throws IOException {
    if (policy instanceof VersionPolicy.Latest latest) {
      json.writeStartObject();
      json.writeNumberField("latest", latest.count());
      json.writeEndObject();
    } else if (policy instanceof VersionPolicy.Specific specific) {
      json.writeStartArray();
      for (long version : specific.versions()) {
        json.writeNumber(version);
      }
      json.writeEndArray();
    } else {
      json.writeString("all");
    }
  }

  static HttpReply plan(ConfigPlan plan, boolean applied) {
    return reply(
        200,
        json -> {
          json.writeStartObject();
          json.writeBooleanField("applied", applied);
          names(json, "add", plan.added().stream().map(model -> model.name().text()).toList());
          json.writeArrayFieldStart("change");
          for (ConfigPlan.Change change : plan.changed()) {
            json.writeStartObject();
            json.writeStringField("name", change.after().name().text());
            json.writeStringField("difference", change.text());
            json.writeEndObject();
          }
          json.writeEndArray();
          names(json, "remove", plan.removed());
          names(json, "keep", plan.unchanged());
          json.writeEndObject();
        });
  }

  private static void names(JsonGenerator json, String field, List<String> names)
      throws IOException {
    json.writeArrayFieldStart(field);
    for (String name : names) {
      json.writeString(name);
    }
    json.writeEndArray();
  }
}
