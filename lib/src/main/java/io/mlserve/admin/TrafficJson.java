package io.mlserve.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import io.mlserve.http.HttpReply;
import io.mlserve.metrics.Selector;
import io.mlserve.metrics.VersionCounters;
import io.mlserve.metrics.VersionKey;
import io.mlserve.metrics.history.Gap;
import io.mlserve.metrics.history.Latency;
import io.mlserve.metrics.history.Tally;
import io.mlserve.metrics.history.TrafficHistory;
import io.mlserve.metrics.history.TrafficRecorder;
import io.mlserve.metrics.history.VersionTraffic;
import io.mlserve.serving.ModelRegistry;
import io.mlserve.serving.ServedModel;
import io.mlserve.serving.VersionStatus;
import io.mlserve.version.VersionChoice;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** What a server remembers of its traffic, as operators get it. */
final class TrafficJson {
  private final ModelRegistry models;
  private final TrafficRecorder recorder;

  /**
   * What is asked for.
   *
   * @param window over which requests are added up
   * @param series whether the slots are wanted too
   */
  record Asked(Duration window, Optional<String> model, Optional<String> version, boolean series) {
    boolean fits(VersionKey key) {
      return model.filter(name -> !name.equals(key.model())).isEmpty()
          && version.filter(number -> !number.equals(Long.toString(key.version()))).isEmpty();
    }
  }

  TrafficJson(ModelRegistry models, TrafficRecorder recorder) {
    this.models = models;
    this.recorder = recorder;
  }

  HttpReply reply(Asked asked) {
    TrafficHistory.Saved saved = recorder.read();
    return AdminJson.reply(200, json -> write(json, saved, asked));
  }

  private void write(JsonGenerator json, TrafficHistory.Saved saved, Asked asked)
      throws IOException {
    Instant now = saved.written();
    json.writeStartObject();
    json.writeStringField("now", now.toString());
    json.writeStringField("started", recorder.started().toString());
    json.writeBooleanField("persistent", recorder.isPersistent());
    json.writeNumberField("window_seconds", asked.window().toMillis() / 1e3);
    json.writeStringField("recorded_since", saved.since().toString());
    double coverage = saved.coverage().of(asked.window(), now);
    json.writeNumberField("coverage", coverage);
    json.writeArrayFieldStart("gaps");
    for (Gap gap : saved.gaps()) {
      json.writeStartObject();
      json.writeStringField("from", gap.from().toString());
      json.writeStringField("to", gap.to().toString());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("models");
    String model = null;
    for (Map.Entry<VersionKey, VersionTraffic> each : saved.versions().entrySet()) {
      VersionKey key = each.getKey();
      if (!asked.fits(key)) {
        continue;
      }
      if (!key.model().equals(model)) {
        end(json, model != null);
        model = key.model();
        json.writeStartObject();
        json.writeStringField("model", model);
        json.writeArrayFieldStart("versions");
      }
      version(json, key, new Sight(each.getValue(), now, asked, coverage));
    }
    end(json, model != null);
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void end(JsonGenerator json, boolean open) throws IOException {
    if (open) {
      json.writeEndArray();
      json.writeEndObject();
    }
  }

  /** One version, from when it is looked at. */
  private record Sight(VersionTraffic traffic, Instant now, Asked asked, double coverage) {}

  private void version(JsonGenerator json, VersionKey key, Sight sight) throws IOException {
    json.writeStartObject();
    json.writeNumberField("version", key.version());
    Optional<ServedModel> model = models.model(key.model());
    if (model.isPresent()) {
      served(json, model.get(), key.version());
    }
    traffic(json, sight);
    if (model.isPresent() && model.get().loadedVersions().contains(key.version())) {
      verdict(json, key, model.get(), sight);
    }
    if (sight.asked().series()) {
      fiveMinutes(json, sight.traffic());
      hours(json, sight.traffic());
    }
    json.writeEndObject();
  }

  // Whether it may be retired, by the rules of retiring it.
  private static void verdict(JsonGenerator json, VersionKey key, ServedModel model, Sight sight)
      throws IOException {
    RetirementCheck check =
        RetirementCheck.of(
            new RetirementCheck.Question(key.model(), key.version(), sight.asked().window()),
            model,
            sight.traffic(),
            sight.coverage(),
            sight.now());
    List<RetirementCheck.Reason> reasons = check.reasons(sight.now());
    json.writeStringField("verdict", RetirementCheck.verdict(reasons));
    json.writeArrayFieldStart("reasons");
    for (RetirementCheck.Reason reason : reasons) {
      json.writeString(reason.label());
    }
    json.writeEndArray();
    json.writeStringField(
        "why",
        reasons.isEmpty()
            ? "no request within " + Window.text(sight.asked().window())
            : check.why(reasons));
  }

  private static void served(JsonGenerator json, ServedModel model, long version)
      throws IOException {
    for (VersionStatus status : model.versions()) {
      if (status.version() == version) {
        json.writeStringField("state", status.state().name());
      }
    }
    json.writeBooleanField("loaded", model.loadedVersions().contains(version));
    json.writeBooleanField("default", model.servedVersion().equals(OptionalLong.of(version)));
    json.writeArrayFieldStart("labels");
    for (Map.Entry<String, Long> label : model.labels().entrySet()) {
      if (label.getValue() == version) {
        json.writeString(label.getKey());
      }
    }
    json.writeEndArray();
    json.writeNumberField(
        "in_flight",
        model
            .counters(new VersionChoice.Specific(version))
            .map(VersionCounters::inFlight)
            .orElse(0L));
  }

  private static void traffic(JsonGenerator json, Sight sight) throws IOException {
    VersionTraffic traffic = sight.traffic();
    if (traffic.lastRequest().isPresent()) {
      json.writeStringField("last_request", traffic.lastRequest().get().toString());
      json.writeObjectFieldStart("last_request_by");
      for (Selector selector : Selector.values()) {
        Instant last = traffic.last().get(selector);
        if (last != null) {
          json.writeStringField(selector.label(), last.toString());
        }
      }
      json.writeEndObject();
    }
    Tally sum = traffic.within(sight.asked().window(), sight.now());
    json.writeNumberField("requests", sum.requests());
    json.writeNumberField("failures", sum.failures());
    json.writeObjectFieldStart("requests_by");
    selectors(json, sum);
    json.writeEndObject();
    Optional<VersionTraffic.Peak> peak = traffic.peak(sight.now());
    json.writeNumberField("peak_hourly_rps", peak.map(VersionTraffic.Peak::rps).orElse(0.0));
    if (peak.isPresent()) {
      json.writeStringField("peak_hour", peak.get().hour().toString());
    }
  }

  private static void selectors(JsonGenerator json, Tally tally) throws IOException {
    json.writeNumberField(Selector.DEFAULT.label(), tally.byDefault());
    json.writeNumberField(Selector.LABEL.label(), tally.byLabel());
    json.writeNumberField(Selector.VERSION.label(), tally.byVersion());
  }

  private static void fiveMinutes(JsonGenerator json, VersionTraffic traffic) throws IOException {
    json.writeArrayFieldStart("five_minutes");
    for (Map.Entry<Instant, Tally> slot : traffic.fiveMinutes().entrySet()) {
      json.writeStartObject();
      slot(json, slot);
      Latency latency = traffic.latencies().get(slot.getKey());
      if (latency != null) {
        seconds(json, "p50_seconds", latency.p50());
        seconds(json, "p99_seconds", latency.p99());
      }
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void hours(JsonGenerator json, VersionTraffic traffic) throws IOException {
    json.writeArrayFieldStart("hours");
    for (Map.Entry<Instant, Tally> slot : traffic.hours().entrySet()) {
      json.writeStartObject();
      slot(json, slot);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void slot(JsonGenerator json, Map.Entry<Instant, Tally> slot) throws IOException {
    json.writeStringField("start", slot.getKey().toString());
    json.writeNumberField("requests", slot.getValue().requests());
    json.writeNumberField("failures", slot.getValue().failures());
    selectors(json, slot.getValue());
  }

  // JSON has no infinity: what lies beyond the last bound is left out.
  private static void seconds(JsonGenerator json, String name, double seconds) throws IOException {
    if (!Double.isInfinite(seconds)) {
      json.writeNumberField(name, seconds);
    }
  }
}
