package io.mlserve.protocol.oip;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.http.HttpExchange;
import io.mlserve.http.HttpHandler;
import io.mlserve.serving.ModelControl;
import io.mlserve.serving.ModelRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The model repository extension: every path below {@code /v2/repository/}. The index is answered
 * from memory, on the event loop; a load or an unload when it is in effect.
 */
public final class OipRestRepository implements HttpHandler {
  private static final Pattern INDEX = Pattern.compile("/v2/repository/(?:([^/]+)/)?index");
  private static final Pattern CHANGE =
      Pattern.compile("/v2/repository/(?:([^/]+)/)?models/([^/]+)/(load|unload)");
  private static final Duration LONGEST_CHANGE = Duration.ofMinutes(10);

  private final ModelRegistry models;
  private final Optional<ModelControl> control;

  /**
   * @param control what loads and unloads models; empty if clients of this port may not
   */
  public OipRestRepository(ModelRegistry models, Optional<ModelControl> control) {
    this.models = models;
    this.control = control;
  }

  /** Whether clients may load and unload models. */
  boolean mayChange() {
    return control.isPresent();
  }

  @Override
  public void handle(HttpExchange exchange) {
    try {
      Matcher index = INDEX.matcher(exchange.path());
      Matcher change = CHANGE.matcher(exchange.path());
      if (!index.matches() && !change.matches()) {
        OipRestReplies.unknownPath(exchange);
      } else if (!exchange.method().equals("POST")) {
        OipRestReplies.wrongMethod(exchange, "POST");
      } else if (index.matches()) {
        oneRepository(index);
        index(exchange);
      } else {
        oneRepository(change);
        change(exchange, change.group(2), change.group(3));
      }
    } catch (MlserveException e) {
      OipRestReplies.failure(exchange, e);
    } finally {
      exchange.finish();
    }
  }

  private static void oneRepository(Matcher path) {
    if (path.group(1) != null) {
      throw new MlserveException(
          ErrorCode.UNIMPLEMENTED,
          "repository '" + path.group(1) + "': repositories have no names here");
    }
  }

  private void index(HttpExchange exchange) {
    boolean readyOnly = readyOnly(exchange);
    List<OipIndexEntry> entries =
        OipIndexEntry.all(models).stream()
            .filter(entry -> !readyOnly || entry.state().equals(OipIndexEntry.READY))
            .toList();
    OipRestReplies.ok(
        exchange,
        json -> {
          json.writeStartArray();
          for (OipIndexEntry entry : entries) {
            json.writeStartObject();
            json.writeStringField("name", entry.name());
            json.writeStringField("version", entry.version());
            json.writeStringField("state", entry.state());
            json.writeStringField("reason", entry.reason());
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  private static boolean readyOnly(HttpExchange exchange) {
    boolean[] ready = {false};
    readObject(
        exchange,
        (key, json) -> {
          if (key.equals("ready")) {
            if (!json.currentToken().isBoolean()) {
              throw invalid("'ready' (expected: true or false)");
            }
            ready[0] = json.getBooleanValue();
          } else {
            json.skipChildren();
          }
        });
    return ready[0];
  }

  private void change(HttpExchange exchange, String name, String verb) {
    ModelControl allowed =
        control.orElseThrow(
            () ->
                new MlserveException(
                    ErrorCode.PERMISSION_DENIED,
                    "explicit model load / unload is not allowed on this port"));
    String model = OipRestPath.decode(name).orElse(name);
    boolean load = verb.equals("load");
    OipJsonParameters parameters = parameters(exchange);
    if (load && !parameters.isEmpty()) {
      throw new MlserveException(
          ErrorCode.UNIMPLEMENTED, "parameters of a load are not offered (expected: none)");
    }
    exchange.onTimeout(
        LONGEST_CHANGE, () -> OipRestReplies.failure(exchange, tooLate(model, verb)));
    CompletionStage<Void> done = load ? allowed.load(model) : allowed.unload(model);
    done.whenComplete(
        (nothing, failure) -> {
          if (failure == null) {
            OipRestReplies.ok(exchange, changed(model, verb));
          } else {
            OipRestReplies.failure(exchange, cause(failure));
          }
        });
  }

  private static MlserveException tooLate(String model, String verb) {
    return new MlserveException(
        ErrorCode.DEADLINE_EXCEEDED,
        "the "
            + verb
            + " of model '"
            + model
            + "' goes on after "
            + LONGEST_CHANGE.toSeconds()
            + " s; the index will say how it ends");
  }

  private static MlserveException cause(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof MlserveException known
        ? known
        : new MlserveException(ErrorCode.INTERNAL, "internal error", failure);
  }

  // Triton's answer has no body; KServe's says what was done.
  private static OipJson.Content changed(String model, String verb) {
    return json -> {
      json.writeStartObject();
      json.writeStringField("name", model);
      json.writeBooleanField(verb, true);
      json.writeEndObject();
    };
  }

  private static OipJsonParameters parameters(HttpExchange exchange) {
    OipJsonParameters[] parameters = {OipJsonParameters.NONE};
    readObject(
        exchange,
        (key, json) -> {
          if (key.equals("parameters")) {
            parameters[0] = OipJsonParameters.read(json);
          } else {
            json.skipChildren();
          }
        });
    return parameters[0];
  }

  /** Takes the value of one key, at which the parser stands. */
  @FunctionalInterface
  private interface Member {
    void read(String key, JsonParser json) throws IOException;
  }

  /** The body may be empty. */
  private static void readObject(HttpExchange exchange, Member member) {
    if (!exchange.body().isReadable()) {
      return;
    }
    try (JsonParser json = OipJson.parser(exchange.body())) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw invalid("the request is no JSON object");
      }
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String key = json.currentName();
        json.nextToken();
        member.read(key, json);
      }
      if (json.nextToken() != null) {
        throw invalid("more behind the JSON object of the request");
      }
    } catch (JsonProcessingException e) {
      throw OipJson.malformed(e);
    } catch (IOException e) {
      throw new MlserveException(ErrorCode.INTERNAL, "internal error", e);
    }
  }

  private static MlserveException invalid(String what) {
    return new MlserveException(ErrorCode.INVALID_ARGUMENT, what);
  }
}
