package io.mlserve.protocol.tfs;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.http.ErrorStatus;
import io.mlserve.http.HttpExchange;
import io.mlserve.http.HttpHandler;
import io.mlserve.http.HttpReply;
import io.mlserve.metrics.Protocol;
import io.mlserve.serving.Found;
import io.mlserve.serving.InferencePool;
import io.mlserve.serving.Lease;
import io.mlserve.serving.ModelRegistry;
import io.mlserve.serving.Servable;
import io.mlserve.serving.ServedModel;
import io.mlserve.serving.Target;
import io.mlserve.serving.VersionStatus;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * TensorFlow Serving's REST API: every path below {@code /v1/}. Questions about models are answered
 * on the event loop, predictions by the workers.
 */
public final class TfsRest implements HttpHandler {
  /** How this dialect is called in metrics. */
  public static final Protocol PROTOCOL = Protocol.TFS_REST;

  private final ModelRegistry models;
  private final InferencePool pool;
  private final Limits limits;

  /**
   * What bounds a prediction.
   *
   * @param timeout after which a request is answered with 504, run or not
   * @param maxBodyBytes of a body once it is uncompressed
   */
  public record Limits(Duration timeout, long maxBodyBytes) {
    MlserveException tooLate() {
      return new MlserveException(
          ErrorCode.DEADLINE_EXCEEDED, "no answer within " + timeout.toMillis() + " ms");
    }
  }

  public TfsRest(ModelRegistry models, InferencePool pool, Limits limits) {
    this.models = models;
    this.pool = pool;
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
      Optional<TfsPath> known = TfsPath.parse(exchange.path());
      if (known.isEmpty()) {
        throw malformed(exchange);
      }
      TfsPath path = known.get();
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
        case PREDICT, CLASSIFY, REGRESS -> {
          require(exchange.method().equals("POST"), exchange);
          pool.submit(call(exchange, path));
          handedOn = true;
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
        models.model(path.model()).map(ServedModel::versions).orElse(List.of());
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
    Target target = path.target();
    Found found = models.find(target);
    if (found instanceof Found.Absent absent) {
      throw TfsAbsence.explain(target, absent.why());
    }
    if (found instanceof Found.Leased leased) {
      try (Lease<Servable> lease = leased.lease()) {
        Servable servable = lease.value();
        reply(
            exchange,
            200,
            TfsJson.metadata(path.model(), servable.version(), servable.signature()));
      }
    }
  }

  private TfsRestCall call(HttpExchange exchange, TfsPath path) {
    return switch (path.verb()) {
      case CLASSIFY -> new TfsClassifyCall(exchange, path.target(), limits);
      case REGRESS -> new TfsRegressCall(exchange, path.target(), limits);
      case LIST, STATUS, METADATA, PREDICT -> new TfsPredictCall(exchange, path.target(), limits);
    };
  }

  static boolean reply(HttpExchange exchange, MlserveException failure) {
    HttpReply reply =
        new HttpReply(
            ErrorStatus.of(failure.code()), HttpReply.JSON, TfsJson.error(failure.message()));
    return exchange.respond(
        failure.code() == ErrorCode.RESOURCE_EXHAUSTED ? reply.with("Retry-After", "1") : reply);
  }

  private static void reply(HttpExchange exchange, int status, ByteBuf body) {
    exchange.respond(new HttpReply(status, HttpReply.JSON, body));
  }
}
