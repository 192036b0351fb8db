package io.mlserve.protocol.oip;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.http.HttpExchange;
import io.mlserve.http.HttpHandler;
import io.mlserve.serving.ModelRegistry;
import java.io.IOException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The model repository extension: every path below {@code /v2/repository/}. Answers from memory, on
 * the event loop.
 */
public final class OipRestRepository implements HttpHandler {
  private static final Pattern PATH = Pattern.compile("/v2/repository/(?:([^/]+)/)?(index)");

  private final ModelRegistry models;

  public OipRestRepository(ModelRegistry models) {
    this.models = models;
  }

  @Override
  public void handle(HttpExchange exchange) {
    try {
      Matcher path = PATH.matcher(exchange.path());
      if (!path.matches()) {
        OipRestReplies.unknownPath(exchange);
      } else if (!exchange.method().equals("POST")) {
        OipRestReplies.wrongMethod(exchange, "POST");
      } else if (path.group(1) != null) {
        throw new MlserveException(
            ErrorCode.UNIMPLEMENTED, "named repositories are not offered: '" + path.group(1) + "'");
      } else {
        index(exchange);
      }
    } catch (MlserveException e) {
      OipRestReplies.failure(exchange, e);
    } finally {
      exchange.finish();
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
    if (!exchange.body().isReadable()) {
      return false;
    }
    try (JsonParser json = OipJson.parser(exchange.body())) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new MlserveException(ErrorCode.INVALID_ARGUMENT, "the request is no JSON object");
      }
      boolean ready = false;
      while (json.nextToken() != JsonToken.END_OBJECT) {
        boolean key = json.currentName().equals("ready");
        JsonToken value = json.nextToken();
        if (key && !value.isBoolean()) {
          throw new MlserveException(
              ErrorCode.INVALID_ARGUMENT, "'ready' (expected: true or false)");
        }
        ready |= key && value == JsonToken.VALUE_TRUE;
        json.skipChildren();
      }
      return ready;
    } catch (JsonProcessingException e) {
      throw new MlserveException(ErrorCode.INVALID_ARGUMENT, "failed to parse the request JSON", e);
    } catch (IOException e) {
      throw new MlserveException(ErrorCode.INTERNAL, "internal error", e);
    }
  }
}
