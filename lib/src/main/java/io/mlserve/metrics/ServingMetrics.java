package io.mlserve.metrics;

import io.mlserve.model.ModelName;
import io.prometheus.client.Collector;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Gauge;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;

/**
 * What the server counts, and how Prometheus sees it. Thread-safe. Label values are names of models
 * that are served, versions that were, and codes: nothing that a client can make up, so the number
 * of series is bounded.
 */
public final class ServingMetrics {
  /** The code label of a request that succeeded. */
  public static final String OK = "OK";

  /** The model label of requests for models that are not served. */
  public static final String UNKNOWN = "_unknown";

  /**
   * How long series outlive their version by default: the traffic of a day must be told after a
   * version is gone, and an hour more for the scrapes.
   */
  public static final Duration RETAIN = Duration.ofHours(25);

  private final Clock clock;
  private final Duration retain;
  private final CollectorRegistry registry = new CollectorRegistry();
  private final Map<String, ModelCounters> models = new ConcurrentSkipListMap<>();
  private final Map<VersionKey, VersionCounters> versions = new ConcurrentSkipListMap<>();
  private volatile Map<VersionKey, Map<Selector, Long>> before = Map.of();
  private volatile ExtraLabels extra = new ExtraLabels(Map.of());
  private final LongAdder waiting = new LongAdder();
  private final ModelCounters unknown = new ModelCounters();
  private final LifeMetrics life;

  public ServingMetrics() {
    this(Clock.systemUTC(), RETAIN);
  }

  /**
   * @param clock for timestamps
   * @param retain how long the series of a version outlive it
   */
  public ServingMetrics(Clock clock, Duration retain) {
    this.clock = clock;
    this.retain = retain;
    gauge("mlserve_queue_length", "Requests admitted that nobody works on yet.", waiting::intValue);
    this.life = new LifeMetrics(registry, clock);
    models.put(UNKNOWN, unknown);
  }

  /** A request is admitted and waits for somebody to work on it. */
  public void admitted() {
    waiting.increment();
  }

  /** Somebody begins to work on a request that was {@link #admitted}, or it is given up. */
  public void begun() {
    waiting.decrement();
  }

  /** Requests that are {@link #admitted} and not {@link #begun}. */
  public long waiting() {
    return waiting.sum();
  }

  /** How many requests there were of each outcome, as metrics call it, of all models together. */
  public SortedMap<String, Long> outcomes() {
    SortedMap<String, Long> outcomes = new TreeMap<>();
    RequestKind.ALL.forEach(kind -> outcomes.putIfAbsent(kind.outcome(), 0L));
    RequestCells.Reader sum =
        (kind, count) -> outcomes.merge(RequestKind.ALL.get(kind).outcome(), count, Long::sum);
    versions.values().forEach(counters -> counters.requests().read(sum));
    models.values().forEach(counters -> counters.requests().read(sum));
    return outcomes;
  }

  /** Requests for models that are not served. */
  public ModelCounters unknown() {
    return unknown;
  }

  /** A model is known: its series exist from now on, at zero. */
  public ModelCounters introduce(ModelName model) {
    life.introduce(model);
    return models.computeIfAbsent(model.text(), name -> new ModelCounters());
  }

  /** A version is about to be served: its series exist from now on, at zero if they are new. */
  public VersionCounters introduce(ModelName model, long version) {
    return versions.computeIfAbsent(
        new VersionKey(model.text(), version),
        key -> {
          VersionCounters counters = new VersionCounters(clock);
          counters.remember(before.getOrDefault(key, Map.of()));
          return counters;
        });
  }

  /**
   * Says when versions were used before this process, before any is introduced.
   *
   * @param last in milliseconds since 1970
   */
  public void remember(Map<VersionKey, Map<Selector, Long>> last) {
    before = Map.copyOf(last);
  }

  /** How each version was used that is served, or was not long ago. */
  public SortedMap<VersionKey, Usage> usage() {
    SortedMap<VersionKey, Usage> usage = new TreeMap<>();
    versions.forEach((key, counters) -> usage.put(key, counters.usage()));
    return usage;
  }

  /** The counters of a version that is or was served, unless that is long ago. */
  public Optional<VersionCounters> known(ModelName model, long version) {
    return Optional.ofNullable(versions.get(new VersionKey(model.text(), version)));
  }

  /** What becomes of models and versions. */
  public LifeMetrics life() {
    return life;
  }

  /** Shows how many requests may be under way at once. */
  public void concurrencyLimit(IntSupplier limit) {
    gauge("mlserve_concurrency_limit", "Requests that may be under way at once.", limit);
  }

  private void gauge(String name, String help, IntSupplier value) {
    Gauge.build(name, help)
        .create()
        .setChild(
            new Gauge.Child() {
              @Override
              public double get() {
                return value.getAsInt();
              }
            })
        .register(registry);
  }

  /** Adds collectors of others, such as those of the process. */
  public void register(Collector collector) {
    collector.register(registry);
  }

  /** Gives every series these labels besides its own. */
  public void label(Map<String, String> labels) {
    extra = new ExtraLabels(labels);
  }

  /** Shows what is counted under the names of other servers as well. */
  public void alsoAs(Set<ForeignNames> others) {
    new ForeignCollector(versions, new TreeSet<>(others)).register(registry);
  }

  /** Shows a metric that is 1 and says something by its labels. */
  public void info(String name, String help, SortedMap<String, String> labels) {
    Gauge.build(name, help)
        .labelNames(labels.keySet().toArray(new String[0]))
        .register(registry)
        .labels(labels.values().toArray(new String[0]))
        .set(1);
  }

  /** All metrics in the format that the scraper's Accept header asks for. */
  public Exposed expose(Optional<String> accept) {
    ByteArrayOutputStream text = new ByteArrayOutputStream(1 << 16);
    try {
      String type = expose(accept, text);
      return new Exposed(type, text.toString(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory has nothing to fail with
    }
  }

  /**
   * Writes all metrics in the format that the scraper's Accept header asks for, in pieces.
   *
   * @return the content type that says which format
   */
  public String expose(Optional<String> accept, OutputStream to) throws IOException {
    forgetOld();
    String type = TextFormat.chooseContentType(accept.orElse(null));
    SampleWriter out = new SampleWriter(to, type.equals(TextFormat.CONTENT_TYPE_OPENMETRICS_100));
    ExtraLabels labels = extra;
    new TrafficSamples(versions, models, labels, out).write();
    life.write(labels, out);
    TextBuffer few = new TextBuffer();
    TextFormat.writeFormat(type, few, labels.on(registry.metricFamilySamples()));
    out.put(few.toString());
    out.flush();
    return type;
  }

  private void forgetOld() {
    for (VersionKey key : life.endedBefore(clock.millis() - retain.toMillis())) {
      versions.remove(key);
      life.forget(key);
    }
  }

  /** Metrics as text, with the content type that says which text. */
  public record Exposed(String contentType, String text) {}
}
