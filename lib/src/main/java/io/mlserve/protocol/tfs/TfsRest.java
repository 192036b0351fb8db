package io.mlserve.protocol.tfs;

import com.fasterxml.jackson.core.JsonParser;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.http.HttpExchange;
import io.mlserve.http.HttpHandler;
import io.mlserve.http.HttpReply;
import io.mlserve.metrics.ServingMetrics;
import io.mlserve.model.Signature;
import io.mlserve.model.Tensor;
import io.mlserve.serving.Admission;
import io.mlserve.serving.Lease;
import io.mlserve.serving.ModelRegistry;
import io.mlserve.serving.Servable;
import io.mlserve.serving.ServedModel;
import io.mlserve.serving.TensorMemory;
import io.mlserve.serving.VersionStatus;
import io.netty.buffer.ByteBuf;
import java.io.CharConversionException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TensorFlow Serving's REST API: every path below {@code /v1/}. Questions about models are answered
 * on the event loop, predictions by the workers.
 */
public final class TfsRest implements HttpHandler {
  /** How this dialect is called in metrics. */
  public static final String PROTOCOL = "tfs-rest";

  private static final Logger log = LoggerFactory.getLogger(TfsRest.class);

  private final ModelRegistry models;
  private final Admission admission;
  private final ServingMetrics metrics;
  private final Executor workers;
  private final Limits limits;
  private final ThreadLocal<TensorMemory> memory = ThreadLocal.withInitial(TensorMemory::new);

  /**
   * What bounds a prediction.
   *
   * @param timeout after which a request is answered with 504, run or not
   * @param maxBodyBytes of a body once it is uncompressed
   */
  public record Limits(Duration timeout, long maxBodyBytes) {}

  public TfsRest(
      ModelRegistry models,
      Admission admission,
      ServingMetrics metrics,
      Executor workers,
      Limits limits) {
    this.models = models;
    this.admission = admission;
    this.metrics = metrics;
    this.workers = workers;
    this.limits = limits;
  }

  @Override
  public void handle(HttpExchange exchange) {
    boolean handedOn = false;
    try {
      if (exchange.method().equals("OPTIONS")) {
        preflight(exchange);
        return;
      }
      TfsPath path = TfsPath.parse(exchange.path()).orElseThrow(() -> malformed(exchange));
      boolean get = exchange.method().equals("GET");
      switch (path.verb()) {
        case LIST -> {
          require(get, exchange);
          reply(exchange, 200, TfsJson.models(models.all()));
        }
        case STATUS -> {
          require(get, exchange);
          reply(exchange, 200, TfsJson.status(statuses(path)));
        }
        case METADATA -> {
          require(get, exchange);
          metadata(exchange, path);
        }
        case PREDICT -> {
          require(exchange.method().equals("POST"), exchange);
          handedOn = admit(exchange, path);
        }
        case CLASSIFY, REGRESS -> {
          require(exchange.method().equals("POST"), exchange);
          throw new MlserveException(
              ErrorCode.UNIMPLEMENTED, "classify and regress are not offered (expected: predict)");
        }
      }
    } catch (MlserveException e) {
      reply(exchange, e);
    } finally {
      if (!handedOn) {
        exchange.finish();
      }
    }
  }

  // A browser asks before it sends; without any header that allows it, it will not.
  private static void preflight(HttpExchange exchange) {
    String origin = exchange.header("origin");
    if (origin == null || !(origin.startsWith("http://") || origin.startsWith("https://"))) {
      throw new MlserveException(
          ErrorCode.FAILED_PRECONDITION, "OPTIONS without an Origin header of http or https");
    }
    exchange.respond(HttpReply.text(200, HttpReply.JSON, ""));
  }

  private static void require(boolean rightMethod, HttpExchange exchange) {
    if (!rightMethod) {
      throw malformed(exchange);
    }
  }

  private static MlserveException malformed(HttpExchange exchange) {
    return new MlserveException(
        ErrorCode.INVALID_ARGUMENT,
        "Malformed request: " + exchange.method() + " " + exchange.path());
  }

  private List<VersionStatus> statuses(TfsPath path) {
    List<VersionStatus> all =
        models.find(path.model()).map(ServedModel::versions).orElse(List.of());
    if (all.isEmpty()) {
      throw new MlserveException(
          ErrorCode.NOT_FOUND, "Could not find any versions of model " + path.model());
    }
    if (path.version().isEmpty()) {
      return all;
    }
    long version = path.version().getAsLong();
    List<VersionStatus> one = all.stream().filter(status -> status.version() == version).toList();
    if (one.isEmpty()) {
      throw new MlserveException(
          ErrorCode.NOT_FOUND, "Could not find version " + version + " of model " + path.model());
    }
    return one;
  }

  private void metadata(HttpExchange exchange, TfsPath path) {
    try (Lease<Servable> lease = lease(path)) {
      Servable servable = lease.value();
      reply(
          exchange, 200, TfsJson.metadata(path.model(), servable.version(), servable.signature()));
    }
  }

  private Lease<Servable> lease(TfsPath path) {
    if (path.label().isPresent()) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT, "Unrecognized servable version label: " + path.label().get());
    }
    Optional<ServedModel> model = models.find(path.model());
    Optional<Lease<Servable>> lease =
        path.version().isPresent()
            ? model.flatMap(found -> found.lease(path.version().getAsLong()))
            : model.flatMap(ServedModel::lease);
    return lease.orElseThrow(
        () ->
            new MlserveException(
                ErrorCode.NOT_FOUND,
                "Servable not found for request: "
                    + (path.version().isPresent()
                        ? "Specific(" + path.model() + ", " + path.version().getAsLong() + ")"
                        : "Latest(" + path.model() + ")")));
  }

  private boolean admit(HttpExchange exchange, TfsPath path) {
    if (!admission.tryEnter()) {
      refused(path.model(), ErrorCode.RESOURCE_EXHAUSTED);
      throw new MlserveException(
          ErrorCode.RESOURCE_EXHAUSTED,
          "more than " + admission.limit() + " requests are under way, try again");
    }
    metrics.admitted();
    exchange.onTimeout(limits.timeout(), () -> reply(exchange, tooLate()));
    workers.execute(
        () -> {
          try {
            if (exchange.isAnswered()) { // it waited past its time
              refused(path.model(), ErrorCode.DEADLINE_EXCEEDED);
            } else {
              predict(exchange, path);
            }
          } finally {
            exchange.finish();
            admission.leave();
            metrics.left();
          }
        });
    return true;
  }

  private void predict(HttpExchange exchange, TfsPath path) {
    TensorMemory tensors = memory.get();
    try (Lease<Servable> lease = lease(path)) {
      Servable servable = lease.value();
      try {
        ByteBuf body = predict(exchange, servable, tensors);
        HttpReply reply =
            new HttpReply(200, HttpReply.JSON, body)
                .with("X-Model-Version", Long.toString(servable.version()));
        if (exchange.respond(reply)) {
          count(exchange, servable, ServingMetrics.OK);
        } else {
          count(exchange, servable, ErrorCode.DEADLINE_EXCEEDED.name());
        }
      } catch (MlserveException e) {
        count(exchange, servable, e.code().name());
        reply(exchange, e);
      } catch (OutOfMemoryError e) { // of direct memory: the heap is not touched by tensors
        count(exchange, servable, ErrorCode.RESOURCE_EXHAUSTED.name());
        log.error("{} version {}: no memory for tensors", path.model(), servable.version(), e);
        reply(
            exchange,
            new MlserveException(ErrorCode.RESOURCE_EXHAUSTED, "no memory for this request"));
      } catch (RuntimeException | IOException e) {
        count(exchange, servable, ErrorCode.INTERNAL.name());
        log.error("{} version {}: unexpected failure", path.model(), servable.version(), e);
        reply(exchange, new MlserveException(ErrorCode.INTERNAL, "internal error"));
      }
    } catch (MlserveException e) {
      refused(path.model(), e.code());
      reply(exchange, e);
    } finally {
      tensors.reset();
    }
  }

  private ByteBuf predict(HttpExchange exchange, Servable servable, TensorMemory tensors)
      throws IOException {
    Signature signature = servable.signature();
    PredictRequest request;
    try (JsonParser json = TfsJson.parser(RequestBody.open(exchange, limits.maxBodyBytes()))) {
      request = PredictRequest.read(json, signature, tensors);
    } catch (CharConversionException e) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT, "JSON Parse error: the body is no UTF-8 text", e);
    }
    Map<String, Tensor> outputs = servable.infer(request.inputs(), tensors);
    return TfsJson.write(json -> PredictResponse.write(json, outputs, request.format()));
  }

  private void count(HttpExchange exchange, Servable servable, String code) {
    metrics.answered(
        servable.name().text(),
        Long.toString(servable.version()),
        PROTOCOL,
        code,
        Duration.ofNanos(System.nanoTime() - exchange.startNanos()));
  }

  private MlserveException tooLate() {
    return new MlserveException(
        ErrorCode.DEADLINE_EXCEEDED, "no answer within " + limits.timeout().toMillis() + " ms");
  }

  // A request that no version can be charged with.
  private void refused(String model, ErrorCode code) {
    metrics.refused(
        models.find(model).isPresent() ? model : ServingMetrics.UNKNOWN, PROTOCOL, code);
  }

  private static boolean reply(HttpExchange exchange, MlserveException failure) {
    HttpReply reply =
        new HttpReply(
            TfsStatus.of(failure.code()), HttpReply.JSON, TfsJson.error(failure.message()));
    return exchange.respond(
        failure.code() == ErrorCode.RESOURCE_EXHAUSTED ? reply.with("Retry-After", "1") : reply);
  }

  private static void reply(HttpExchange exchange, int status, ByteBuf body) {
    exchange.respond(new HttpReply(status, HttpReply.JSON, body));
  }
}
