package io.mlserve.protocol.oip;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.http.HttpExchange;
import io.mlserve.http.HttpHandler;
import io.mlserve.metrics.Protocol;
import io.mlserve.serving.Found;
import io.mlserve.serving.InferencePool;
import io.mlserve.serving.Lease;
import io.mlserve.serving.ModelRegistry;
import io.mlserve.serving.Servable;
import io.mlserve.serving.ServedModel;
import io.mlserve.serving.Target;
import io.mlserve.version.VersionChoice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The Open Inference Protocol over REST: every path below {@code /v2} but those of health, which
 * are the server's. Questions about models are answered on the event loop, inferences by the
 * workers.
 */
public final class OipRest implements HttpHandler {
  /** How this dialect is called in metrics. */
  public static final Protocol PROTOCOL = Protocol.OIP_REST;

  private static final String REPOSITORY = "/v2/repository/";

  private final ModelRegistry models;
  private final InferencePool pool;
  private final OipRestRepository repository;
  private final Limits limits;

  /**
   * What bounds an inference.
   *
   * @param timeout after which a request is answered with 504, run or not; a request may ask for
   *     less
   * @param maxBodyBytes of a body once it is uncompressed
   * @param threads that run requests at the same time
   */
  public record Limits(Duration timeout, long maxBodyBytes, int threads) {}

  /**
   * @param repository for what is below {@code /v2/repository/}
   */
  public OipRest(
      ModelRegistry models, InferencePool pool, OipRestRepository repository, Limits limits) {
    this.models = models;
    this.pool = pool;
    this.repository = repository;
    this.limits = limits;
  }

  @Override
  public void handle(HttpExchange exchange) {
    if (exchange.path().startsWith(REPOSITORY)) {
      repository.handle(exchange);
      return;
    }
    boolean handedOn = false;
    try {
      Optional<OipRestPath> path = OipRestPath.parse(exchange.path());
      if (path.isEmpty()) {
        OipRestReplies.unknownPath(exchange);
      } else if (path.get().resource() == OipRestPath.Resource.INFER) {
        handedOn = infer(exchange, path.get().target());
      } else {
        question(exchange, path.get());
      }
    } catch (MlserveException e) {
      OipRestReplies.failure(exchange, e);
    } finally {
      if (!handedOn) {
        exchange.finish();
      }
    }
  }

  private boolean infer(HttpExchange exchange, Target target) {
    if (!exchange.method().equals("POST")) {
      OipRestReplies.wrongMethod(exchange, "POST");
      return false;
    }
    pool.submit(new OipRestInferCall(exchange, target, limits));
    return true;
  }

  private void question(HttpExchange exchange, OipRestPath path) {
    if (!exchange.method().equals("GET") && !exchange.method().equals("HEAD")) {
      OipRestReplies.wrongMethod(exchange, "GET, HEAD");
      return;
    }
    switch (path.resource()) {
      case SERVER -> OipRestReplies.ok(exchange, server());
      case MODELS -> OipRestReplies.ok(exchange, list());
      case ALL_STATISTICS -> OipRestReplies.ok(exchange, statistics(models.all()));
      case METADATA -> OipRestReplies.ok(exchange, metadata(path));
      case READY -> ready(exchange, path.target());
      case CONFIG -> OipRestReplies.ok(exchange, configuration(path.target()));
      case STATISTICS -> OipRestReplies.ok(exchange, statistics(path));
      case INFER -> throw new IllegalStateException("no question");
    }
  }

  private OipJson.Content server() {
    return json -> {
      json.writeStartObject();
      json.writeStringField("name", OipServer.NAME);
      json.writeStringField("version", OipServer.VERSION);
      json.writeArrayFieldStart("extensions");
      for (String extension : OipServer.extensions(repository.mayChange())) {
        json.writeString(extension);
      }
      json.writeEndArray();
      json.writeEndObject();
    };
  }

  private OipJson.Content list() {
    return json -> {
      json.writeStartObject();
      json.writeArrayFieldStart("models");
      for (ServedModel model : models.all()) {
        json.writeString(model.name().text());
      }
      json.writeEndArray();
      json.writeEndObject();
    };
  }

  private Lease<Servable> lease(Target target) {
    Found found = models.find(target);
    if (found instanceof Found.Absent absent) {
      throw OipAbsence.explain(target, absent.why());
    }
    return ((Found.Leased) found).lease();
  }

  private OipJson.Content metadata(OipRestPath path) {
    try (Lease<Servable> lease = lease(path.target())) {
      return OipJsonModel.metadata(path.model(), versions(path), lease.value().signature());
    }
  }

  // Lowest first, as Triton has them.
  private Collection<Long> versions(OipRestPath path) {
    return path.version().isPresent()
        ? List.of(path.version().getAsLong())
        : loadedVersions(path.model());
  }

  private Collection<Long> loadedVersions(String model) {
    return models
        .model(model)
        .map(served -> new TreeSet<Long>(List.copyOf(served.loadedVersions())))
        .orElse(new TreeSet<>());
  }

  private OipJson.Content configuration(Target target) {
    try (Lease<Servable> lease = lease(target)) {
      return OipJsonModel.configuration(
          target.model(),
          loadedVersions(target.model()),
          lease.value().signature(),
          limits.threads());
    }
  }

  private void ready(HttpExchange exchange, Target target) {
    boolean ready = true;
    try {
      lease(target).close();
    } catch (MlserveException e) {
      if (e.code() != ErrorCode.UNAVAILABLE) {
        throw e;
      }
      ready = false;
    }
    OipJson.Content content = readiness(target.model(), ready);
    if (ready) {
      OipRestReplies.ok(exchange, content);
    } else {
      OipRestReplies.notYet(exchange, content);
    }
  }

  private static OipJson.Content readiness(String model, boolean ready) {
    return json -> {
      json.writeStartObject();
      json.writeStringField("name", model);
      json.writeBooleanField("ready", ready);
      json.writeEndObject();
    };
  }

  private OipJson.Content statistics(OipRestPath path) {
    try (Lease<Servable> lease = lease(path.target())) {
      return path.version().isPresent()
          ? OipJsonStatistics.of(List.of(entry(lease.value())))
          : statistics(models.model(path.model()).stream().toList());
    }
  }

  private OipJson.Content statistics(Collection<ServedModel> served) {
    List<OipJsonStatistics.Entry> entries = new ArrayList<>();
    for (ServedModel model : served) {
      for (long version : loadedVersions(model.name().text())) {
        if (model.find(new VersionChoice.Specific(version)) instanceof Found.Leased found) {
          try (Lease<Servable> lease = found.lease()) {
            entries.add(entry(lease.value()));
          }
        }
      }
    }
    return OipJsonStatistics.of(entries);
  }

  private static OipJsonStatistics.Entry entry(Servable servable) {
    return new OipJsonStatistics.Entry(
        servable.name().text(), servable.version(), servable.statistics().read());
  }
}
