package io.mlserve.admin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.mlserve.config.ConfigFile;
import io.mlserve.config.ConfigPlan;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.http.ErrorStatus;
import io.mlserve.http.HttpExchange;
import io.mlserve.http.HttpHandler;
import io.mlserve.http.HttpReply;
import io.mlserve.metrics.history.TrafficRecorder;
import io.mlserve.serving.ModelRegistry;
import io.mlserve.serving.ModelSettings;
import io.mlserve.serving.ServedModel;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything below {@code /admin/v1/}: what is served and how it is, loading and unloading, labels,
 * configuration. What takes long is answered when it is done, or after a time limit while it goes
 * on.
 */
public final class AdminHandler implements HttpHandler {
  private static final Logger log = LoggerFactory.getLogger(AdminHandler.class);
  private static final JsonFactory JSON = new JsonFactory();

  private final ModelRegistry models;
  private final ServerSheet server;
  private final ConfigFile config;
  private final TrafficJson traffic;
  private final Retirement retirement;
  private final Duration timeout;

  /**
   * What operators ask about.
   *
   * @param traffic who knows what was asked of each version
   */
  public record Subjects(ModelRegistry models, TrafficRecorder traffic, ServerSheet server) {}

  /**
   * @param config how configurations in requests are read
   * @param timeout after which a request is answered with 504 though what it asked for goes on
   */
  public AdminHandler(Subjects subjects, ConfigFile config, Duration timeout) {
    this.models = subjects.models();
    this.server = subjects.server();
    this.config = config;
    this.traffic = new TrafficJson(models, subjects.traffic());
    this.retirement = new Retirement(models, subjects.traffic());
    this.timeout = timeout;
  }

  @Override
  public void handle(HttpExchange exchange) {
    try {
      AdminPath path =
          AdminPath.parse(exchange.path())
              .orElseThrow(() -> new MlserveException(ErrorCode.NOT_FOUND, "no such path"));
      if (!path.methods().contains(exchange.method())) {
        exchange.respond(
            AdminJson.error(405, "method " + exchange.method() + " not allowed")
                .with("Allow", String.join(", ", path.methods())));
        return;
      }
      answer(exchange, path);
    } catch (MlserveException e) {
      fail(exchange, e);
    } finally {
      exchange.finish();
    }
  }

  private void answer(HttpExchange exchange, AdminPath path) {
    if (path instanceof AdminPath.Status) {
      exchange.respond(status());
    } else if (path instanceof AdminPath.Model one) {
      exchange.respond(model(one.model()));
    } else if (path instanceof AdminPath.ModelAction action) {
      later(
          exchange,
          action.load() ? models.load(action.model()) : models.unload(action.model()),
          () -> model(action.model()));
    } else if (path instanceof AdminPath.VersionAction action) {
      later(
          exchange,
          action.load()
              ? models.load(action.model(), action.version())
              : models.unload(action.model(), action.version()),
          () -> model(action.model()));
    } else if (path instanceof AdminPath.Traffic) {
      exchange.respond(traffic(exchange));
    } else if (path instanceof AdminPath.Version version) {
      retire(exchange, version);
    } else if (path instanceof AdminPath.Label label) {
      label(exchange, label);
      exchange.respond(model(label.model()));
    } else if (path instanceof AdminPath.ConfigAction action) {
      configure(exchange, action.apply());
    } else {
      exchange.respond(effectiveConfig());
    }
  }

  private HttpReply status() {
    return AdminJson.reply(
        200,
        json -> {
          json.writeStartObject();
          json.writeBooleanField("ready", models.isReady());
          server.write(json);
          json.writeArrayFieldStart("models");
          for (ModelSettings settings : models.settings()) {
            Optional<ServedModel> model = models.model(settings.name().text());
            if (model.isPresent()) {
              AdminJson.model(json, sheet(model.get(), settings));
            }
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private HttpReply model(String name) {
    ModelSettings settings =
        models.settings().stream()
            .filter(one -> one.name().text().equals(name))
            .findFirst()
            .orElseThrow(() -> unknown(name));
    ServedModel model = models.model(name).orElseThrow(() -> unknown(name));
    return AdminJson.reply(200, json -> AdminJson.model(json, sheet(model, settings)));
  }

  private AdminJson.ModelSheet sheet(ServedModel model, ModelSettings settings) {
    return new AdminJson.ModelSheet(model, settings, models.retired(settings.name().text()));
  }

  private static MlserveException unknown(String name) {
    return new MlserveException(ErrorCode.NOT_FOUND, "no model '" + name + "'");
  }

  private HttpReply effectiveConfig() {
    return AdminJson.reply(
        200,
        json -> {
          json.writeStartObject();
          json.writeArrayFieldStart("models");
          for (ModelSettings settings : models.settings()) {
            json.writeStartObject();
            AdminJson.settings(json, "versions", settings);
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private HttpReply traffic(HttpExchange exchange) {
    return traffic.reply(
        new TrafficJson.Asked(
            window(exchange, "window"),
            exchange.parameter("model"),
            exchange.parameter("version"),
            !exchange.parameter("series").equals(Optional.of("off"))));
  }

  private void retire(HttpExchange exchange, AdminPath.Version path) {
    boolean force = exchange.parameter("force").equals(Optional.of("true"));
    later(
        exchange,
        retirement.begin(
            new Retirement.Asked(
                path.model(), path.version(), window(exchange, "if-idle-for"), force)),
        reply -> reply);
  }

  private static Duration window(HttpExchange exchange, String name) {
    return exchange.parameter(name).map(text -> Window.parse(name, text)).orElse(Window.DAY);
  }

  private void label(HttpExchange exchange, AdminPath.Label label) {
    if (exchange.method().equals("DELETE")) {
      models.unlabel(label.model(), label.label());
    } else {
      models.label(label.model(), label.label(), version(exchange.bodyText()));
    }
  }

  // {"version": 3}, or just 3
  private static long version(String body) {
    try (JsonParser json = JSON.createParser(body)) {
      JsonToken token = json.nextToken();
      if (token == JsonToken.START_OBJECT && "version".equals(json.nextFieldName())) {
        token = json.nextToken();
      }
      if (token == JsonToken.VALUE_NUMBER_INT && json.getLongValue() >= 0) {
        return json.getLongValue();
      }
    } catch (IOException e) {
      log.debug("body of a label is no JSON", e);
    }
    throw new MlserveException(
        ErrorCode.INVALID_ARGUMENT, "body (expected: {\"version\": NUMBER})");
  }

  private void configure(HttpExchange exchange, boolean apply) {
    List<ModelSettings> wanted = config.parse(exchange.bodyText());
    models.check(wanted, false);
    ConfigPlan plan = ConfigPlan.between(models.configured(), wanted);
    if (!apply) {
      exchange.respond(AdminJson.plan(plan, false));
      return;
    }
    plan.lines().forEach(line -> log.info("configuration of a request: {}", line));
    later(exchange, models.apply(wanted, false), () -> AdminJson.plan(plan, true));
  }

  /** What to say when something is done. */
  private interface Answer<T> {
    HttpReply reply(T done);
  }

  private void later(HttpExchange exchange, CompletionStage<Void> done, Supplier<HttpReply> reply) {
    later(exchange, done, nothing -> reply.get());
  }

  private <T> void later(HttpExchange exchange, CompletionStage<T> done, Answer<T> answer) {
    exchange.onTimeout(
        timeout,
        () ->
            fail(
                exchange,
                new MlserveException(
                    ErrorCode.DEADLINE_EXCEEDED,
                    "not done within " + timeout.toSeconds() + " s, and going on")));
    done.whenComplete(
        (result, failure) -> {
          try {
            if (failure == null) {
              exchange.respond(answer.reply(result));
            } else {
              fail(exchange, cause(failure));
            }
          } catch (MlserveException e) { // gone meanwhile
            fail(exchange, e);
          }
        });
  }

  private static MlserveException cause(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof MlserveException known) {
      return known;
    }
    log.error("an admin request failed", cause);
    return new MlserveException(ErrorCode.INTERNAL, "internal error, see the log");
  }

  private static void fail(HttpExchange exchange, MlserveException why) {
    List<String> words = new ArrayList<>(List.of(why.message()));
    why.hint().ifPresent(words::add);
    // What stands in the way is not the request: somebody else may take it away.
    int status = why.code() == ErrorCode.FAILED_PRECONDITION ? 409 : ErrorStatus.of(why.code());
    exchange.respond(AdminJson.error(status, String.join("; hint: ", words)));
  }
}
