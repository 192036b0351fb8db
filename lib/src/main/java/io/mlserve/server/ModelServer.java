package io.mlserve.server;

import io.mlserve.admin.AdminHandler;
import io.mlserve.admin.ServerSheet;
import io.mlserve.config.ConfigFile;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.grpc.GrpcEngine;
import io.mlserve.http.Cors;
import io.mlserve.http.HttpEngine;
import io.mlserve.http.HttpExchange;
import io.mlserve.http.HttpHandler;
import io.mlserve.http.HttpReply;
import io.mlserve.http.ReplyStream;
import io.mlserve.http.Router;
import io.mlserve.loop.PollLoop;
import io.mlserve.metrics.ServingMetrics;
import io.mlserve.metrics.history.TrafficRecorder;
import io.mlserve.protocol.oip.OipRest;
import io.mlserve.protocol.oip.OipRestRepository;
import io.mlserve.protocol.tfs.TfsRest;
import io.mlserve.serving.Admission;
import io.mlserve.serving.InferencePool;
import io.mlserve.serving.ModelControl;
import io.mlserve.serving.ModelRegistry;
import io.mlserve.store.RetiredVersions;
import io.mlserve.transport.EventLoops;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
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

  /** Something that was opened, and how it is closed. */
  @FunctionalInterface
  private interface Part extends AutoCloseable {
    @Override
    void close();
  }

  private final ServerOptions options;
  private final ServingMetrics metrics;
  private final Deque<Part> parts = new ArrayDeque<>(); // the one opened last comes first
  private final TrafficRecorder traffic;
  private final ModelRegistry models;
  private final EventLoops loops; // of requests
  private final EventLoops watchers; // of operators, who must get through to a busy server
  private final ExecutorService workers;
  private final ExecutorService
      scrapes; // its own thread: a busy server must be watched most of all
  private final HttpEngine http;
  private final Optional<GrpcEngine> grpc;
  private final Optional<HttpEngine> admin;
  private volatile boolean draining;

  private ModelServer(ModelSources sources, ServerOptions options, MetricsOptions shown) {
    this.options = options;
    this.metrics = metrics(shown);
    // A file that is wrong ends the start before anything listens.
    Optional<ConfigFile.Content> configured = sources.config().map(ConfigFile::read);
    boolean open = false;
    try {
      this.traffic = TrafficRecorder.open(metrics, Clock.systemUTC(), shown.folder());
      parts.push(traffic::close);
      this.loops = opened(EventLoops.open("serve", options.threads(), options.transport()));
      this.watchers = opened(EventLoops.open("watch", 1));
      this.workers = opened(workers());
      this.scrapes = opened(scraper());
      HttpRooms rooms = new HttpRooms();
      this.http = HttpEngine.open(options.address(), loops, options.http(), options.tls(), rooms);
      parts.push(http::close);
      this.models =
          ModelRegistry.open(
              sources.models(),
              configured.map(ConfigFile.Content::models).orElse(List.of()),
              sources.repository(),
              options.serving(),
              metrics,
              RetiredVersions.open(shown.folder()));
      parts.push(models::close);
      PollLoop recording = PollLoop.start("traffic", TrafficRecorder.INTERVAL, traffic::step);
      parts.push(recording::close);
      sources.config().ifPresent(file -> watch(file, configured.orElseThrow().text()));
      Admission admission = new Admission(options.maxInFlight());
      InferencePool pool =
          new InferencePool(
              models, admission, metrics, new InferencePool.Threads(workers, options.threads()));
      loops.onEach(pool::adopt);
      metrics.concurrencyLimit(options::maxInFlight);
      Router router = router(pool);
      rooms.open(options.cors() ? new Cors(router) : router);
      this.grpc = options.grpc().flatMap(asked -> grpc(asked, pool));
      grpc.ifPresent(engine -> parts.push(engine::close));
      AdminHandler.Subjects subjects =
          new AdminHandler.Subjects(models, traffic, sheet(shown, admission));
      this.admin =
          options
              .admin()
              .flatMap(
                  operators ->
                      listen(operators, new AdminFront.Parts(sources, subjects), tryOut(pool)));
      open = true;
    } finally {
      if (!open) {
        closeParts();
      }
    }
  }

  private ExecutorService opened(ExecutorService pool) {
    parts.push(pool::shutdown);
    return pool;
  }

  private EventLoops opened(EventLoops threads) {
    parts.push(threads::close);
    return threads;
  }

  private Optional<HttpEngine> listen(
      ServerOptions.Admin operators, AdminFront.Parts subjects, List<Router.Route> more) {
    try {
      HttpEngine engine = AdminFront.open(operators, watchers, options, subjects, more);
      parts.push(engine::close);
      return Optional.of(engine);
    } catch (MlserveException e) {
      if (operators.required() || e.code() != ErrorCode.UNAVAILABLE) {
        throw e;
      }
      log.warn("{}; going on without a port for operators", e.message());
      return Optional.empty();
    }
  }

  // The status page tries models out on the port that it came from: a browser lets it ask no other.
  private List<Router.Route> tryOut(InferencePool pool) {
    List<Router.Route> routes = new ArrayList<>(watching());
    if (options.admin().filter(ServerOptions.Admin::page).isPresent()) {
      routes.add(new Router.Route("/v2/models/", oip(pool, true)));
    }
    return routes;
  }

  private ServerSheet sheet(MetricsOptions shown, Admission admission) {
    return new ServerSheet(
        shown.build(),
        new ServerSheet.Address(
            options.tls().isPresent(), options.address().getHostString(), http.port(), grpcPort()),
        ProcessMetrics::residentBytes,
        () -> draining,
        () ->
            new ServerSheet.Load(
                admission.inside(), admission.limit(), metrics.waiting(), metrics.outcomes()),
        shown.settings());
  }

  /** What every HTTP port answers to those who watch over the server. */
  private List<Router.Route> watching() {
    HealthHandler health = new HealthHandler(models, () -> draining);
    return List.of(
        new Router.Route("/livez", health.live()),
        new Router.Route("/readyz", health.ready()),
        new Router.Route("/v2/health/live", health.live()),
        new Router.Route("/v2/health/ready", health.ready()),
        new Router.Route("/metrics", this::scrape),
        new Router.Route("/monitoring/prometheus/metrics", this::scrape));
  }

  private Optional<GrpcEngine> grpc(ServerOptions.Grpc asked, InferencePool pool) {
    try {
      return Optional.of(
          GrpcFront.open(asked.listening(), loops, options, models, pool, () -> draining));
    } catch (MlserveException e) {
      if (asked.required() || e.code() != ErrorCode.UNAVAILABLE) {
        throw e;
      }
      log.warn("{}; going on without gRPC", e.message());
      return Optional.empty();
    }
  }

  private OipRest oip(InferencePool pool, boolean control) {
    return new OipRest(
        models,
        pool,
        new OipRestRepository(models, Optional.<ModelControl>of(models).filter(any -> control)),
        new OipRest.Limits(
            options.requestTimeout(), options.http().maxBodyBytes(), options.threads()));
  }

  private void watch(ConfigFile file, String applied) {
    ConfigWatcher watcher =
        new ConfigWatcher(file, applied, models, options.serving().retry(), metrics);
    if (options.serving().reload()) {
      PollLoop loop = PollLoop.start("config", options.serving().reloadInterval(), watcher::poll);
      parts.push(loop::close);
    }
  }

  /** Starts to listen and to load; returns when it listens. The caller closes the server. */
  public static ModelServer open(ModelSources sources, ServerOptions options) {
    return open(sources, options, MetricsOptions.defaults());
  }

  /** The same, saying what it shows and remembers of itself. */
  public static ModelServer open(
      ModelSources sources, ServerOptions options, MetricsOptions shown) {
    return new ModelServer(sources, options, shown);
  }

  private static ServingMetrics metrics(MetricsOptions shown) {
    ServingMetrics metrics = new ServingMetrics(Clock.systemUTC(), shown.retain());
    metrics.register(new ProcessMetrics());
    metrics.alsoAs(shown.alsoAs());
    metrics.label(shown.labels());
    if (!shown.build().isEmpty()) {
      metrics.info("mlserve_build_info", "What this server is made of.", shown.build());
    }
    return metrics;
  }

  // A thread for each run of a slow model that is under way: each version asks for as many as it
  // may have, so nothing ever waits in this pool for somebody else's run.
  private static ExecutorService workers() {
    return new ThreadPoolExecutor(
        0,
        Integer.MAX_VALUE,
        1,
        TimeUnit.MINUTES,
        new SynchronousQueue<>(),
        named("infer", Thread.NORM_PRIORITY));
  }

  // Whoever scrapes can wait longer than whoever asks for a prediction.
  private static ExecutorService scraper() {
    return Executors.newSingleThreadExecutor(named("scrape", Thread.MIN_PRIORITY));
  }

  @SuppressWarnings("ThreadPriorityCheck") // who goes first, not whether the result is right
  private static ThreadFactory named(String name, int priority) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      thread.setPriority(priority);
      return thread;
    };
  }

  private Router router(InferencePool pool) {
    TfsRest tfs =
        new TfsRest(
            models,
            pool,
            new TfsRest.Limits(options.requestTimeout(), options.http().maxBodyBytes()));
    OipRest oip = oip(pool, options.modelControl());
    List<Router.Route> routes = new ArrayList<>(watching());
    routes.add(new Router.Route("/v1/", tfs));
    routes.add(new Router.Route("/v2", oip));
    routes.add(new Router.Route("/v2/", oip));
    return new Router(routes);
  }

  private void scrape(HttpExchange exchange) {
    Optional<String> accept = Optional.ofNullable(exchange.header("accept"));
    scrapes.execute(
        () -> {
          try (ReplyStream body = new ReplyStream()) {
            String type = metrics.expose(accept, body);
            exchange.respond(body.reply(200, type));
          } catch (IOException e) {
            throw new UncheckedIOException(e); // memory has nothing to fail with
          } finally {
            exchange.finish();
          }
        });
  }

  /** The port that it listens on. */
  public int port() {
    return http.port();
  }

  /** The port that it listens on for gRPC, if it does. */
  public OptionalInt grpcPort() {
    return grpc.isPresent() ? OptionalInt.of(grpc.get().port()) : OptionalInt.empty();
  }

  /** The port on which it listens to operators, if it does. */
  public OptionalInt adminPort() {
    return admin.isPresent() ? OptionalInt.of(admin.get().port()) : OptionalInt.empty();
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
    log.info("draining: {} requests under way", inProgress());
    long start = System.nanoTime();
    http.drain();
    grpc.ifPresent(GrpcEngine::drain);
    Duration limit = options.drain().timeout();
    boolean answered = http.awaitIdle(IDLE_GRACE, limit);
    if (grpc.isPresent()) {
      answered &= grpc.get().awaitIdle(IDLE_GRACE, limit.minusNanos(System.nanoTime() - start));
    }
    traffic.save();
    if (!answered) {
      log.warn("draining: {} requests had no answer after {} ms", inProgress(), limit.toMillis());
    }
    return answered;
  }

  private int inProgress() {
    return http.inProgress() + grpc.map(GrpcEngine::inProgress).orElse(0);
  }

  /** Ends whatever is left: connections, workers, loops, and then the models. */
  @Override
  public void close() {
    draining = true;
    http.close();
    grpc.ifPresent(GrpcEngine::close);
    workers.shutdown();
    try {
      // A run that is under way keeps its lease; its version is closed when it ends.
      if (!workers.awaitTermination(5, TimeUnit.SECONDS)) {
        log.warn("runs that do not end are left behind");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    loops.close();
    closeParts();
  }

  private void closeParts() {
    while (!parts.isEmpty()) {
      parts.pop().close();
    }
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
