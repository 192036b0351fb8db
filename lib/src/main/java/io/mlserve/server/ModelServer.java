package io.mlserve.server;

import io.mlserve.http.HttpEngine;
import io.mlserve.http.HttpExchange;
import io.mlserve.http.HttpHandler;
import io.mlserve.http.HttpReply;
import io.mlserve.http.Router;
import io.mlserve.metrics.ServingMetrics;
import io.mlserve.model.ModelName;
import io.mlserve.protocol.tfs.TfsRest;
import io.mlserve.serving.Admission;
import io.mlserve.serving.InferencePool;
import io.mlserve.serving.ModelRegistry;
import io.mlserve.serving.ModelSettings;
import io.mlserve.store.ModelFolder;
import io.mlserve.store.ModelRepository;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running server. It listens before any model is loaded, so that its health can be asked from the
 * start. Stop it with {@link #drain}, then {@link #close}.
 */
public final class ModelServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ModelServer.class);
  private static final Duration IDLE_GRACE = Duration.ofMillis(300);

  private final ServerOptions options;
  private final ModelRegistry models;
  private final ExecutorService workers;
  private final ExecutorService
      scrapes; // its own thread: a busy server must be watched most of all
  private final HttpEngine http;
  private volatile boolean draining;

  private ModelServer(
      Collection<ModelSettings> models,
      Optional<ModelRepository> repository,
      ServerOptions options) {
    this.options = options;
    ServingMetrics metrics = new ServingMetrics();
    metrics.register(new ProcessMetrics());
    this.workers = workers(options.threads(), "infer");
    this.scrapes = workers(1, "scrape");
    HttpRooms rooms = new HttpRooms();
    this.http =
        HttpEngine.open(
            options.address(), Runtime.getRuntime().availableProcessors(), options.http(), rooms);
    this.models = ModelRegistry.open(models, repository, options.serving(), metrics);
    rooms.open(router(metrics));
  }

  /** Starts to listen and to load; returns when it listens. The caller closes the server. */
  public static ModelServer open(
      Collection<ModelSettings> models,
      Optional<ModelRepository> repository,
      ServerOptions options) {
    return new ModelServer(models, repository, options);
  }

  /** The same for the newest version of each folder. */
  public static ModelServer open(Map<ModelName, ModelFolder> folders, ServerOptions options) {
    List<ModelSettings> models = new ArrayList<>();
    folders.forEach((name, folder) -> models.add(ModelSettings.of(name, folder)));
    return open(models, Optional.empty(), options);
  }

  // As many as may be admitted wait here: admission is the bound, not the queue.
  private static ExecutorService workers(int threads, String name) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            1,
            TimeUnit.MINUTES,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
    pool.prestartAllCoreThreads();
    return pool;
  }

  private Router router(ServingMetrics metrics) {
    HealthHandler health = new HealthHandler(models, () -> draining);
    TfsRest tfs =
        new TfsRest(
            models,
            new InferencePool(models, new Admission(options.maxInFlight()), metrics, workers),
            new TfsRest.Limits(options.requestTimeout(), options.http().maxBodyBytes()));
    return new Router(
        List.of(
            new Router.Route("/v1/", tfs),
            new Router.Route("/livez", health.live()),
            new Router.Route("/readyz", health.ready()),
            new Router.Route("/v2/health/live", health.live()),
            new Router.Route("/v2/health/ready", health.ready()),
            new Router.Route("/metrics", exchange -> scrape(metrics, exchange))));
  }

  private void scrape(ServingMetrics metrics, HttpExchange exchange) {
    Optional<String> accept = Optional.ofNullable(exchange.header("accept"));
    scrapes.execute(
        () -> {
          ServingMetrics.Exposed exposed = metrics.expose(accept);
          exchange.respond(HttpReply.text(200, exposed.contentType(), exposed.text()));
          exchange.finish();
        });
  }

  /** The port that it listens on. */
  public int port() {
    return http.port();
  }

  /** Its models, for whoever wants to know how they are. */
  public ModelRegistry models() {
    return models;
  }

  /**
   * Stops taking requests: not ready at once, then after the drain delay nobody new is let in, then
   * every request under way gets its answer.
   *
   * @return whether all of them did within the drain time limit
   */
  public boolean drain() throws InterruptedException {
    draining = true;
    if (!options.drain().delay().isZero()) {
      log.info("draining: not ready, going on for {} ms", options.drain().delay().toMillis());
      TimeUnit.NANOSECONDS.sleep(options.drain().delay().toNanos());
    }
    log.info("draining: {} requests under way", http.inProgress());
    http.drain();
    boolean answered = http.awaitIdle(IDLE_GRACE, options.drain().timeout());
    if (!answered) {
      log.warn(
          "draining: {} requests had no answer after {} ms",
          http.inProgress(),
          options.drain().timeout().toMillis());
    }
    return answered;
  }

  /** Ends whatever is left: connections, workers, loops, and then the models. */
  @Override
  public void close() {
    draining = true;
    http.close();
    scrapes.shutdown();
    workers.shutdown();
    try {
      // A run that is under way keeps its lease; its version is closed when it ends.
      if (!workers.awaitTermination(5, TimeUnit.SECONDS)) {
        log.warn("runs that do not end are left behind");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    models.close();
  }

  /** Says 503 until the rest of the house stands: the socket opens first. */
  private static final class HttpRooms implements HttpHandler {
    private volatile HttpHandler router =
        exchange -> {
          exchange.respond(HttpReply.text(503, HttpReply.JSON, "{\"error\": \"starting\"}\n"));
          exchange.finish();
        };

    void open(HttpHandler opened) {
      router = opened;
    }

    @Override
    public void handle(HttpExchange exchange) {
      router.handle(exchange);
    }
  }
}
