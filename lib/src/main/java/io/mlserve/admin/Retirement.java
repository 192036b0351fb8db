package io.mlserve.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import io.mlserve.admin.RetirementCheck.Reason;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.http.HttpReply;
import io.mlserve.metrics.Usage;
import io.mlserve.metrics.VersionCounters;
import io.mlserve.metrics.VersionKey;
import io.mlserve.metrics.history.TrafficRecorder;
import io.mlserve.metrics.history.VersionTraffic;
import io.mlserve.serving.ModelRegistry;
import io.mlserve.serving.ServedModel;
import io.mlserve.version.VersionChoice;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a version out of service if nobody needs it. It is looked at twice, before the door is shut
 * and after: between the two somebody may have come in.
 */
final class Retirement {
  private static final Logger log = LoggerFactory.getLogger(Retirement.class);

  private final ModelRegistry models;
  private final TrafficRecorder recorder;

  /**
   * What is asked for.
   *
   * @param window in which nobody may have used it
   * @param force whether to do it all the same
   */
  record Asked(String model, long version, Duration window, boolean force) {}

  Retirement(ModelRegistry models, TrafficRecorder recorder) {
    this.models = models;
    this.recorder = recorder;
  }

  /** The answer, when it is done or refused; {@code NOT_FOUND} if there is no such version. */
  CompletionStage<HttpReply> begin(Asked asked) {
    ServedModel model =
        models
            .model(asked.model())
            .orElseThrow(
                () ->
                    new MlserveException(ErrorCode.NOT_FOUND, "no model '" + asked.model() + "'"));
    if (!model.loadedVersions().contains(asked.version())) {
      throw new MlserveException(
          ErrorCode.NOT_FOUND,
          "model '%s' has no version %d in service (expected: one of %s)"
              .formatted(asked.model(), asked.version(), model.loadedVersions()));
    }
    Instant now = recorder.clock().instant();
    RetirementCheck check = look(asked, model, now);
    List<Reason> reasons = check.reasons(now);
    if (!reasons.isEmpty() && !asked.force()) {
      return CompletableFuture.completedFuture(refuse(check, reasons));
    }
    long worked = worked(model, asked.version());
    log.info("{}: version {} is retired", asked.model(), asked.version());
    return models
        .unload(asked.model(), asked.version())
        .thenCompose(unloaded -> model.gone(asked.version()))
        .thenCompose(
            gone ->
                asked.force() || worked(model, asked.version()) == worked
                    ? CompletableFuture.completedFuture(done(check, remember(asked)))
                    : bringBack(asked, model));
  }

  private boolean remember(Asked asked) {
    return models.retired(asked.model(), asked.version(), recorder.clock().instant());
  }

  private CompletionStage<HttpReply> bringBack(Asked asked, ServedModel model) {
    log.info("{}: version {} was used meanwhile: back it comes", asked.model(), asked.version());
    return models
        .load(asked.model(), asked.version())
        .thenApply(
            loaded -> {
              RetirementCheck check = look(asked, model, recorder.clock().instant());
              return refuse(check, List.of(Reason.USED));
            });
  }

  private RetirementCheck look(Asked asked, ServedModel model, Instant now) {
    VersionTraffic traffic = recorder.read(new VersionKey(asked.model(), asked.version()));
    return RetirementCheck.of(
        new RetirementCheck.Question(asked.model(), asked.version(), asked.window()),
        model,
        traffic,
        recorder.coverage().of(asked.window(), now),
        now);
  }

  private static Optional<VersionCounters> counters(ServedModel model, long version) {
    return model.counters(new VersionChoice.Specific(version));
  }

  // Requests that it worked on; those that were turned away at its door are not among them.
  private static long worked(ServedModel model, long version) {
    return counters(model, version)
        .map(VersionCounters::usage)
        .map(Usage::durations)
        .map(counts -> counts.stream().mapToLong(Long::longValue).sum())
        .orElse(0L);
  }

  private static HttpReply refuse(RetirementCheck check, List<Reason> reasons) {
    return AdminJson.reply(
        409,
        json -> {
          json.writeStartObject();
          json.writeStringField("error", check.explain(reasons));
          json.writeBooleanField("retired", false);
          json.writeArrayFieldStart("reasons");
          for (Reason reason : reasons) {
            json.writeString(reason.label());
          }
          json.writeEndArray();
          numbers(json, check);
          json.writeEndObject();
        });
  }

  private static HttpReply done(RetirementCheck check, boolean persistent) {
    return AdminJson.reply(
        200,
        json -> {
          json.writeStartObject();
          json.writeBooleanField("retired", true);
          json.writeStringField("state", "END");
          json.writeBooleanField("persistent", persistent);
          numbers(json, check);
          json.writeEndObject();
        });
  }

  private static void numbers(JsonGenerator json, RetirementCheck check) throws IOException {
    json.writeStringField("model", check.model());
    json.writeNumberField("version", check.version());
    json.writeNumberField("window_seconds", check.window().toMillis() / 1e3);
    json.writeNumberField("coverage", check.coverage());
    json.writeNumberField("requests", check.used().requests());
    if (check.last().isPresent()) {
      json.writeStringField("last_request", check.last().get().toString());
    }
    json.writeNumberField("in_flight", check.inFlight());
    json.writeArrayFieldStart("labels");
    for (String label : check.labels()) {
      json.writeString(label);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("remaining");
    for (long version : check.remaining()) {
      json.writeNumber(version);
    }
    json.writeEndArray();
  }
}
