package io.mlserve.monitor;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.mlserve.error.DiskFailure;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.monitor.MonitorPlan.Served;
import io.mlserve.monitor.MonitorState.Applied;
import io.mlserve.monitor.MonitorState.Failure;
import io.mlserve.monitor.MonitorState.Refused;
import io.mlserve.remote.DoneMark;
import io.mlserve.store.DurableFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The file that a {@link MonitorState} lives in: JSON, replaced whole at every change. */
final class StateFile {
  private static final int FORMAT = 1;
  private static final JsonFactory JSON = new JsonFactory();

  private final Path file;

  StateFile(Path file) {
    this.file = file.toAbsolutePath();
  }

  Path path() {
    return file;
  }

  /** The one that {@code served} names; otherwise it lies beside the {@code versions}. */
  static StateFile of(Served served, Path versions) {
    return new StateFile(served.stateFile().orElse(versions.resolve(".state.json")));
  }

  /** The state of the last run, or the empty one; {@code DATA_LOSS} if the file makes no sense. */
  MonitorState read() {
    try {
      return state(texts(Files.readAllBytes(file)));
    } catch (NoSuchFileException e) {
      return MonitorState.EMPTY;
    } catch (IOException | RuntimeException e) {
      throw new MlserveException(
          ErrorCode.DATA_LOSS, "cannot use state file " + file + ": " + e.getMessage(), e);
    }
  }

  // All scalars by their JSON pointer: the state has no arrays and no name twice.
  private static Map<String, String> texts(byte[] json) throws IOException {
    Map<String, String> texts = new HashMap<>();
    try (JsonParser parser = JSON.createParser(json)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token.isScalarValue()) {
          texts.put(parser.getParsingContext().pathAsPointer().toString(), parser.getText());
        }
      }
    }
    return texts;
  }

  private static MonitorState state(Map<String, String> texts) {
    if (!text(texts, "/format").equals(Integer.toString(FORMAT))) {
      throw new IllegalArgumentException("format (expected: " + FORMAT + ")");
    }
    return new MonitorState(
        texts.containsKey("/applied/mark") ? Optional.of(applied(texts)) : Optional.empty(),
        texts.containsKey("/refused/sha256") ? Optional.of(refused(texts)) : Optional.empty(),
        texts.containsKey("/failure/at") ? Optional.of(failure(texts)) : Optional.empty());
  }

  private static Applied applied(Map<String, String> texts) {
    return new Applied(
        text(texts, "/applied/source"),
        DoneMark.parse(text(texts, "/applied/mark")),
        text(texts, "/applied/sha256"),
        text(texts, "/applied/version"),
        Instant.parse(text(texts, "/applied/at")));
  }

  private static Refused refused(Map<String, String> texts) {
    return new Refused(
        text(texts, "/refused/sha256"),
        text(texts, "/refused/sight"),
        text(texts, "/refused/rules"),
        text(texts, "/refused/reason"),
        Instant.parse(text(texts, "/refused/at")));
  }

  private static Failure failure(Map<String, String> texts) {
    return new Failure(
        Instant.parse(text(texts, "/failure/at")),
        Integer.parseInt(text(texts, "/failure/count")),
        text(texts, "/failure/code"),
        text(texts, "/failure/message"));
  }

  private static String text(Map<String, String> texts, String pointer) {
    String text = texts.get(pointer);
    if (text == null) {
      throw new IllegalArgumentException("no " + pointer);
    }
    return text;
  }

  /** Replaces the file; {@code state} is on the disk when this returns. */
  void write(MonitorState state) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      try (JsonGenerator json = JSON.createGenerator(bytes).useDefaultPrettyPrinter()) {
        write(state, json);
      }
      DurableFiles.replace(
          file, file.resolveSibling(file.getFileName() + ".new"), bytes.toByteArray());
    } catch (IOException e) {
      throw DiskFailure.of("cannot write state file " + file, e);
    }
  }

  private static void write(MonitorState state, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeNumberField("format", FORMAT);
    if (state.applied().isPresent()) {
      Applied applied = state.applied().get();
      json.writeObjectFieldStart("applied");
      json.writeStringField("source", applied.source());
      json.writeStringField("mark", applied.mark().text());
      json.writeStringField("sha256", applied.sha256());
      json.writeStringField("version", applied.version());
      json.writeStringField("at", applied.at().toString());
      json.writeEndObject();
    }
    if (state.refused().isPresent()) {
      Refused refused = state.refused().get();
      json.writeObjectFieldStart("refused");
      json.writeStringField("sha256", refused.sha256());
      json.writeStringField("sight", refused.sight());
      json.writeStringField("rules", refused.rules());
      json.writeStringField("reason", refused.reason());
      json.writeStringField("at", refused.at().toString());
      json.writeEndObject();
    }
    if (state.failure().isPresent()) {
      Failure failure = state.failure().get();
      json.writeObjectFieldStart("failure");
      json.writeStringField("at", failure.at().toString());
      json.writeNumberField("count", failure.count());
      json.writeStringField("code", failure.code());
      json.writeStringField("message", failure.message());
      json.writeEndObject();
    }
    json.writeEndObject();
  }
}
