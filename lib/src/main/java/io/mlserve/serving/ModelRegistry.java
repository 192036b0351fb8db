package io.mlserve.serving;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.loop.PollLoop;
import io.mlserve.metrics.ServingMetrics;
import io.mlserve.model.ModelName;
import io.mlserve.store.RetiredVersions;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All models of a server by name, each with its own loop that keeps its versions, so that none
 * waits for another's folder or failure. Requests find their model without waiting for anybody.
 */
public final class ModelRegistry implements ModelControl, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ModelRegistry.class);

  private final ServingOptions options;
  private final ServingMetrics metrics;
  private final ServableLoader loader;
  private final Optional<ModelFinder> repository;
  private final RetiredVersions retired;
  private volatile Map<String, Entry> entries = Map.of(); // replaced as a whole, in order
  private @Nullable PollLoop discovery;

  /** Who said that a model is to be served. */
  private enum Origin {
    /** Whoever started the server. */
    GIVEN,
    /** A configuration, which may take it away again. */
    CONFIGURED,
    /** Nobody: it turned up in the repository. */
    DISCOVERED
  }

  /**
   * A model and those who keep it.
   *
   * @param required whether the server is not ready without it
   */
  private record Entry(
      ServedModel model, VersionKeeper keeper, PollLoop loop, Origin origin, boolean required) {
    boolean isServed() {
      return model.servedVersion().isPresent();
    }
  }

  private ModelRegistry(
      ServingOptions options,
      ServingMetrics metrics,
      Optional<ModelFinder> repository,
      RetiredVersions retired) {
    this.options = options;
    this.metrics = metrics;
    this.loader = new ServableLoader(options, metrics.life());
    this.repository = repository;
    this.retired = retired;
  }

  /**
   * Starts to load {@code models}, and whatever lies in {@code repository} under other names, now
   * or later; returns at once, before any is served. The caller closes the registry when no request
   * is under way any more.
   *
   * @param retired versions that stay away although they lie there
   */
  public static ModelRegistry open(
      Collection<ModelSettings> models,
      Collection<ModelSettings> configured,
      Optional<ModelFinder> repository,
      ServingOptions options,
      ServingMetrics metrics,
      RetiredVersions retired) {
    ModelRegistry registry = new ModelRegistry(options, metrics, repository, retired);
    models.forEach(settings -> registry.add(settings, Origin.GIVEN, true));
    configured.forEach(settings -> registry.add(settings, Origin.CONFIGURED, true));
    repository.ifPresent(registry::start);
    return registry;
  }

  private void start(ModelFinder finder) {
    try {
      discovery(finder, true).look();
    } catch (MlserveException e) {
      close();
      throw e;
    }
    if (options.reload()) {
      discovery =
          PollLoop.start(
              "discover-models", options.reloadInterval(), discovery(finder, false)::poll);
    }
  }

  private ModelDiscovery discovery(ModelFinder finder, boolean required) {
    return new ModelDiscovery(
        finder,
        name -> entries.containsKey(name),
        settings -> add(settings, Origin.DISCOVERED, required));
  }

  private synchronized void add(ModelSettings settings, Origin origin, boolean required) {
    String name = settings.name().text();
    if (entries.containsKey(name)) {
      return;
    }
    ServedModel model = new ServedModel(settings.name(), metrics, Clock.systemUTC());
    VersionKeeper keeper = new VersionKeeper(model, settings, loader, options, metrics, retired);
    PollLoop loop =
        PollLoop.startInBackground("reload-" + name, options.reloadInterval(), keeper::poll);
    Map<String, Entry> more = new LinkedHashMap<>(entries);
    more.put(name, new Entry(model, keeper, loop, origin, required));
    entries = Collections.unmodifiableMap(more);
  }

  public Optional<ServedModel> model(String name) {
    return Optional.ofNullable(entries.get(name)).map(Entry::model);
  }

  /** A lease of what {@code target} means now, or why there is none. */
  public Found find(Target target) {
    Entry entry = entries.get(target.model());
    return entry == null
        ? new Found.Absent(Found.Absence.UNKNOWN_MODEL)
        : entry.model().find(target.version());
  }

  /** In the order in which they were named. */
  public Collection<ServedModel> all() {
    return entries.values().stream().map(Entry::model).toList();
  }

  /** What is to be served, as it was last configured. */
  public List<ModelSettings> settings() {
    return settings(entry -> true);
  }

  private List<ModelSettings> settings(Predicate<Entry> which) {
    return entries.values().stream().filter(which).map(entry -> entry.keeper().settings()).toList();
  }

  /** Models that should answer and cannot; none of those that were added to a running server. */
  public List<ModelName> waiting() {
    return entries.values().stream()
        .filter(entry -> entry.required() && entry.keeper().isEnabled() && !entry.isServed())
        .map(entry -> entry.model().name())
        .toList();
  }

  /** Whether every model that should can answer. */
  public boolean isReady() {
    return waiting().isEmpty();
  }

  /** What a configuration last asked for, see {@link #apply}. */
  public synchronized List<ModelSettings> configured() {
    return settings(entry -> entry.origin() == Origin.CONFIGURED);
  }

  /**
   * Serves {@code wanted} beside the models that were given at the start: adds, changes and removes
   * models of the configuration before as needed. Complete when each of them answers with its
   * newest version; fails with the first failure, and then the others are in effect all the same.
   *
   * @param alone whether the models that were given at the start are to go as well
   */
  public CompletionStage<Void> apply(Collection<ModelSettings> wanted, boolean alone) {
    List<CompletableFuture<Void>> all = new ArrayList<>();
    Map<String, Entry> gone;
    synchronized (this) {
      check(wanted, alone);
      gone = replaceable(alone);
      for (ModelSettings settings : wanted) {
        String name = settings.name().text();
        gone.remove(name);
        Entry entry = entries.get(name);
        if (entry == null) {
          add(settings, Origin.CONFIGURED, false);
        } else {
          entry.keeper().configure(settings);
        }
        all.add(ask(name, new Intents.Wish.Configured()).toCompletableFuture());
      }
      Map<String, Entry> kept = new LinkedHashMap<>(entries);
      kept.keySet().removeAll(gone.keySet());
      entries = Collections.unmodifiableMap(kept);
    }
    gone.values().forEach(ModelRegistry::retire);
    return CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0]));
  }

  /**
   * Whether {@link #apply} could begin: {@code FAILED_PRECONDITION} if a label would be taken from
   * where it answers, {@code ALREADY_EXISTS} if a name is taken.
   */
  public void check(Collection<ModelSettings> wanted, boolean alone) {
    for (ModelSettings next : wanted) {
      Entry entry = entries.get(next.name().text());
      if (entry == null) {
        continue;
      }
      if (!alone && entry.origin() == Origin.GIVEN) {
        throw new MlserveException(
            ErrorCode.ALREADY_EXISTS,
            "model '" + next.name() + "' was given at the start (expected: another name)");
      }
      next.labels().forEach((label, version) -> checkLabel(entry.model(), label, version));
    }
  }

  private Map<String, Entry> replaceable(boolean alone) {
    Map<String, Entry> replaceable = new LinkedHashMap<>();
    entries.forEach(
        (name, entry) -> {
          boolean goes =
              switch (entry.origin()) {
                case GIVEN -> alone;
                case CONFIGURED -> true;
                case DISCOVERED -> false;
              };
          if (goes) {
            replaceable.put(name, entry);
          }
        });
    return replaceable;
  }

  private static void retire(Entry entry) {
    log.info("{}: not served any more", entry.model().name());
    // A load under way has to end first, and nobody should wait for that here.
    CompletionStage<Void> unloaded = entry.keeper().ask(new Intents.Wish.Unloaded());
    unloaded.thenRun(() -> entry.loop().stop());
    entry.loop().wake();
  }

  private static void checkLabel(ServedModel model, String label, long version) {
    Long before = model.labels().get(label);
    if (before != null
        && before != version
        && model.loadedVersions().contains(before)
        && !model.loadedVersions().contains(version)) {
      throw new MlserveException(
              ErrorCode.FAILED_PRECONDITION,
              "label '"
                  + label
                  + "' of model '"
                  + model.name()
                  + "' cannot move from version "
                  + before
                  + " to version "
                  + version
                  + ", which is not loaded")
          .withHint("load version " + version + " first");
    }
  }

  @Override
  public CompletionStage<Void> load(String model) {
    if (!entries.containsKey(model)) {
      try {
        repository
            .flatMap(models -> models.find(model))
            .ifPresent(found -> add(found, Origin.DISCOVERED, false));
      } catch (MlserveException e) {
        return CompletableFuture.failedStage(e);
      }
    }
    retired.removeAll(model);
    return ask(model, new Intents.Wish.Loaded());
  }

  @Override
  public CompletionStage<Void> unload(String model) {
    return ask(model, new Intents.Wish.Unloaded());
  }

  @Override
  public CompletionStage<Void> load(String model, long version) {
    retired.remove(model, version);
    return ask(model, new Intents.Wish.VersionLoaded(version));
  }

  @Override
  public CompletionStage<Void> unload(String model, long version) {
    return ask(model, new Intents.Wish.VersionUnloaded(version));
  }

  /**
   * Remembers that a version was retired, so that it stays away after a restart too. Not one whose
   * number is counted by this process.
   *
   * @return whether that will be known after a restart
   */
  public boolean retired(String model, long version, Instant now) {
    Entry entry = entries.get(model);
    return entry != null && entry.keeper().isNumbered(version) && retired.add(model, version, now);
  }

  /** The versions of a model that were retired, and since when. */
  public SortedMap<Long, Instant> retired(String model) {
    return retired.of(model);
  }

  private CompletionStage<Void> ask(String model, Intents.Wish wish) {
    Entry entry = entries.get(model);
    if (entry == null) {
      return CompletableFuture.failedStage(unknown(model));
    }
    CompletionStage<Void> done = entry.keeper().ask(wish);
    entry.loop().wake();
    return done;
  }

  private static MlserveException unknown(String model) {
    return new MlserveException(ErrorCode.NOT_FOUND, "no model '" + model + "'");
  }

  @Override
  public synchronized void label(String model, String label, long version) {
    Entry entry = require(model);
    checkLabel(entry.model(), label, version);
    Map<String, Long> labels = new LinkedHashMap<>(entry.keeper().settings().labels());
    labels.put(label, version);
    relabel(entry, labels);
  }

  @Override
  public synchronized void unlabel(String model, String label) {
    Entry entry = require(model);
    Map<String, Long> labels = new LinkedHashMap<>(entry.keeper().settings().labels());
    labels.remove(label);
    relabel(entry, labels);
  }

  private Entry require(String model) {
    Entry entry = entries.get(model);
    if (entry == null) {
      throw unknown(model);
    }
    return entry;
  }

  private static void relabel(Entry entry, Map<String, Long> labels) {
    ModelSettings before = entry.keeper().settings();
    entry
        .keeper()
        .configure(new ModelSettings(before.name(), before.folder(), before.policy(), labels));
    entry.loop().wake();
  }

  /** Ends all loops, waiting for loads under way, then lets go of every model. */
  @Override
  public void close() {
    if (discovery != null) {
      discovery.close();
    }
    Map<String, Entry> all = entries;
    all.values().forEach(entry -> entry.loop().close());
    all.values().forEach(entry -> entry.model().close());
  }
}
