package io.mlserve.commands;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.monitor.MonitorPlan;
import io.mlserve.monitor.Outcome;
import io.mlserve.remote.SourceUri;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Optional;
import java.util.OptionalLong;

/** What came of one look, for people, for programs and for the exit status. */
record MonitorReport(SourceUri source, MonitorPlan plan, Outcome outcome) {
  // Java 17 has no switch over a sealed type.
  private String name() {
    if (outcome instanceof Outcome.Installed) {
      return "installed";
    }
    if (outcome instanceof Outcome.UpToDate) {
      return "up_to_date";
    }
    if (outcome instanceof Outcome.Due) {
      return "due";
    }
    if (outcome instanceof Outcome.Absent) {
      return "absent";
    }
    return outcome instanceof Outcome.Unreadable ? "unreadable" : "failed";
  }

  /** Why the look was in vain, if it was. */
  Optional<MlserveException> failure() {
    if (outcome instanceof Outcome.Failed failed) {
      return Optional.of(failed.failure());
    }
    if (outcome instanceof Outcome.Waiting waiting) {
      return Optional.of(waiting.failure());
    }
    if (outcome instanceof Outcome.Unreadable unreadable) {
      return Optional.of(unreadable.failure());
    }
    return outcome instanceof Outcome.Absent
        ? Optional.of(
            new MlserveException(
                ErrorCode.NOT_FOUND,
                "no donefile " + plan.published().donefile() + " in " + source))
        : Optional.empty();
  }

  /** One sentence on what a run without {@code --dry-run} would do. */
  String preview() {
    String model = Printable.line(plan.served().model().toString());
    if (!(outcome instanceof Outcome.Due due)) {
      return model + " is up to date: nothing would be done";
    }
    return "would fetch %s%s of %s and install it as %s"
        .formatted(
            plan.published().model(),
            due.bytes().isPresent() ? " (" + TransferLine.size(due.bytes().getAsLong()) + ")" : "",
            source,
            model);
  }

  /** One JSON object. */
  String json() {
    StringWriter text = new StringWriter();
    try (JsonGenerator object = new JsonFactory().createGenerator(text)) {
      object.writeStartObject();
      object.writeStringField("type", "summary");
      object.writeStringField("outcome", name());
      object.writeStringField("source", source.toString());
      object.writeStringField("path", plan.served().model().toString());
      if (outcome instanceof Outcome.Installed installed) {
        object.writeStringField("version", installed.version().id());
      }
      OptionalLong bytes = outcome instanceof Outcome.Due due ? due.bytes() : OptionalLong.empty();
      if (bytes.isPresent()) {
        object.writeNumberField("bytes", bytes.getAsLong());
      }
      Optional<MlserveException> failure = failure();
      if (failure.isPresent()) {
        object.writeStringField("code", failure.get().code().name());
        object.writeStringField("message", failure.get().message());
      }
      object.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory", e);
    }
    return text.toString();
  }
}
