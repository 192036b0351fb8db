package io.mlserve.serving;

import io.mlserve.change.ChangeMachine;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.metrics.LifeMetrics;
import io.mlserve.metrics.ServingMetrics;
import io.mlserve.model.Signature;
import io.mlserve.serving.VersionEvent.Cause;
import io.mlserve.serving.VersionEvent.Occasion;
import io.mlserve.serving.VersionLister.Candidate;
import io.mlserve.serving.VersionStatus.Failure;
import io.mlserve.store.RetiredVersions;
import io.mlserve.version.VersionChoice;
import io.mlserve.version.VersionPlan;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the versions of one model that are wanted into service and the others out of it: looks at
 * the folder, asks {@link VersionPlan} for the next step, takes it, and asks again. Every failure
 * keeps what is served.
 *
 * <p>Owned by the loop that calls {@link #poll}; {@link #configure} and {@link #ask} may come from
 * anywhere.
 */
final class VersionKeeper {
  private static final Logger log = LoggerFactory.getLogger(VersionKeeper.class);

  private final ServedModel model;
  private final ServableLoader loader;
  private final ServingOptions options;
  private final ServingMetrics metrics;
  private final RetiredVersions retired;
  private final Clock clock = Clock.systemUTC();
  private final Intents intents = new Intents();
  private volatile ModelSettings settings;

  private final Map<Long, ChangeMachine<Object>> machines = new HashMap<>();
  private final Map<Long, MlserveException> failures = new HashMap<>();
  private VersionLister lister;
  private ModelSettings listedFor;
  private volatile NavigableMap<Long, Candidate> listing = Collections.emptyNavigableMap();
  private Cause cause = Cause.START; // of what is loaded now
  private boolean served; // a first version is or was in service
  private long lastVersion; // number of the latest version that was brought into service
  private @Nullable String lastComplaint; // about the folder itself, so as to log it once

  VersionKeeper(
      ServedModel model,
      ModelSettings settings,
      ServableLoader loader,
      ServingOptions options,
      ServingMetrics metrics,
      RetiredVersions retired) {
    this.model = model;
    this.settings = settings;
    this.loader = loader;
    this.options = options;
    this.metrics = metrics;
    this.retired = retired;
    this.listedFor = settings;
    this.lister = new VersionLister(settings.folder());
    model.label(settings.labels());
  }

  ModelSettings settings() {
    return settings;
  }

  /** Takes effect at the next poll, labels at once. */
  void configure(ModelSettings next) {
    settings = next;
    model.label(next.labels());
  }

  /** Fulfilled by the next polls. */
  CompletionStage<Void> ask(Intents.Wish wish) {
    return intents.add(wish);
  }

  /** Whether an operator has not taken the model out of service. */
  boolean isEnabled() {
    return intents.isEnabled();
  }

  /** Whether a version has its number from disk: that of others begins anew with each process. */
  boolean isNumbered(long version) {
    Candidate candidate = listing.get(version);
    return candidate != null && candidate.isNumbered();
  }

  void poll() {
    if (served && !options.reload() && !intents.isAnyoneWaiting() && settings.equals(listedFor)) {
      return;
    }
    look();
    Optional<Cause> retry = intents.takeRetry();
    if (retry.isPresent()) {
      machines.keySet().removeAll(failures.keySet());
      cause = retry.get();
    }
    Intents.Snapshot asked = intents.read();
    Optional<VersionPlan.Step> step = next(asked);
    while (step.isPresent()) {
      if (step.get() instanceof VersionPlan.Step.Load load) {
        load(load.version(), wanted(asked));
      } else {
        unload(step.get().version(), asked);
      }
      step = next(asked);
    }
    if (failures.isEmpty()) {
      lister.dealtWith();
    }
    intents.settle(this::judge);
    if (served && !intents.isAnyoneWaiting()) {
      cause = Cause.FILES;
    }
  }

  private void look() {
    ModelSettings now = settings;
    if (!now.folder().equals(listedFor.folder())) {
      lister = new VersionLister(now.folder());
    }
    listedFor = now;
    try {
      lister.list(served, lastVersion).ifPresent(seen -> listing = seen);
      failures.keySet().retainAll(listing.keySet());
      machines
          .keySet()
          .removeIf(
              version ->
                  !listing.containsKey(version) && !model.loadedVersions().contains(version));
      lastComplaint = null;
    } catch (MlserveException e) {
      if (!e.message().equals(lastComplaint)) {
        log.warn("{}: {}; going on with what is served", model.name(), e.message());
        lastComplaint = e.message();
      }
    }
  }

  private NavigableSet<Long> wanted(Intents.Snapshot asked) {
    NavigableSet<Long> wanted = new TreeSet<>(Comparator.reverseOrder());
    if (asked.enabled()) {
      Set<Long> welcome = welcome(asked);
      wanted.addAll(listedFor.policy().wanted(welcome));
      wanted.addAll(asked.pinned());
      wanted.addAll(listedFor.labels().values());
      wanted.retainAll(welcome);
    }
    return wanted;
  }

  private Set<Long> welcome(Intents.Snapshot asked) {
    Set<Long> welcome = new HashSet<>(listing.keySet());
    welcome.removeAll(asked.dismissed());
    retired
        .of(model.name().text())
        .keySet()
        .forEach(
            version -> {
              if (isNumbered(version)) {
                welcome.remove(version);
              }
            });
    return welcome;
  }

  private Optional<VersionPlan.Step> next(Intents.Snapshot asked) {
    Set<Long> loaded = model.loadedVersions();
    Set<Long> due = new HashSet<>();
    listing.forEach(
        (version, candidate) -> {
          if (candidate.isComplete()
              && machine(version)
                  .observe(Optional.of(candidate.mark()), clock.instant())
                  .isPresent()) {
            due.add(version);
          }
        });
    return VersionPlan.next(
        new VersionPlan.Situation(
            wanted(asked),
            asked.enabled() && listedFor.policy().allowsOthers() ? welcome(asked) : Set.of(),
            loaded,
            due,
            asked.enabled() ? asked.dismissed() : loaded));
  }

  private ChangeMachine<Object> machine(long version) {
    return machines.computeIfAbsent(version, any -> new ChangeMachine<>(options.retry()));
  }

  private void load(long version, NavigableSet<Long> wanted) {
    Candidate candidate = listing.get(version);
    if (candidate == null) {
      throw new IllegalStateException("version " + version + " is not listed");
    }
    model.history().loading(version);
    boolean newest = wanted.isEmpty() || wanted.first() == version;
    long start = System.nanoTime();
    try {
      // Only the version that will answer by default must suit the clients of the one before.
      Optional<Signature> before = newest ? servedSignature() : Optional.empty();
      boolean again = model.servedVersion().isPresent();
      Servable next = loader.load(model.name(), version, candidate.files().get().model(), before);
      model.put(next, occasion(start, Optional.of(next.origin().file())));
      machine(version).applied(candidate.mark());
      failures.remove(version);
      served = true;
      lastVersion = version;
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      metrics
          .life()
          .loaded(
              model.name(),
              version,
              again,
              new LifeMetrics.Loaded(took, next.origin().bytes(), next.origin().digest()));
      log.info("{}: version {} is served, loaded in {} ms", model.name(), version, took.toMillis());
    } catch (MlserveException e) {
      failed(version, candidate, e, start);
    } catch (RuntimeException e) {
      log.error("{}: version {}: unexpected failure", model.name(), version, e);
      failed(
          version,
          candidate,
          new MlserveException(ErrorCode.INTERNAL, "unexpected failure, see the log", e),
          start);
    }
  }

  private Occasion occasion(long start, Optional<Path> source) {
    return new Occasion(
        cause,
        Optional.of(Duration.ofNanos(System.nanoTime() - start)),
        source,
        model.servedVersion());
  }

  private void failed(long version, Candidate candidate, MlserveException why, long start) {
    machine(version).failed(candidate.mark(), clock.instant());
    if (lister.hasMoved(version, candidate)) {
      log.info("{}: version {} is still being written: {}", model.name(), version, why.message());
      return; // it will be seen again, in another state, and is worth no complaint until then
    }
    failures.put(version, why);
    model
        .history()
        .failed(version, new Failure(why.code(), why.message()), occasion(start, Optional.empty()));
    metrics.life().loadFailed(model.name(), model.servedVersion().isPresent());
    log.warn(
        "{}: version {} cannot be served: {}{}; {}",
        model.name(),
        version,
        why.message(),
        why.hint().map(hint -> " (" + hint + ")").orElse(""),
        model.servedVersion().isPresent()
            ? "still serving version " + model.servedVersion().getAsLong()
            : "nothing is served yet");
  }

  private void unload(long version, Intents.Snapshot asked) {
    boolean sentAway = !asked.enabled() || asked.dismissed().contains(version);
    model.remove(version, sentAway ? Cause.OPERATOR : Cause.POLICY);
    machines.remove(version); // to be loaded again if it is wanted again
    log.info("{}: version {} takes no more requests", model.name(), version);
  }

  private Optional<Signature> servedSignature() {
    if (!(model.find(VersionChoice.NEWEST) instanceof Found.Leased leased)) {
      return Optional.empty();
    }
    try (Lease<Servable> held = leased.lease()) {
      return Optional.of(held.value().signature());
    }
  }

  private Optional<Intents.Outcome> judge(Intents.Wish wish) {
    NavigableSet<Long> loaded = model.loadedVersions();
    if (wish instanceof Intents.Wish.VersionLoaded one) {
      return judgeLoaded(one.version(), loaded);
    }
    if (wish instanceof Intents.Wish.VersionUnloaded one) {
      return fulfilled(!loaded.contains(one.version()));
    }
    if (wish instanceof Intents.Wish.Unloaded) {
      return fulfilled(loaded.isEmpty() || intents.isEnabled()); // or somebody wants it again
    }
    NavigableSet<Long> wanted = wanted(intents.read());
    if (wanted.isEmpty()) {
      return Optional.of(
          Intents.Outcome.failed(
              new MlserveException(
                  ErrorCode.NOT_FOUND, "no version of model '" + model.name() + "' to load")));
    }
    return judgeLoaded(wanted.first(), loaded);
  }

  private Optional<Intents.Outcome> judgeLoaded(long version, Set<Long> loaded) {
    MlserveException failure = failures.get(version);
    if (failure != null) {
      return Optional.of(Intents.Outcome.failed(failure));
    }
    if (loaded.contains(version)) {
      return Optional.of(Intents.Outcome.FULFILLED);
    }
    if (!listing.containsKey(version)) {
      return Optional.of(
          Intents.Outcome.failed(
              new MlserveException(
                  ErrorCode.NOT_FOUND,
                  "model '" + model.name() + "' has no version " + version + " to load")));
    }
    return Optional.empty();
  }

  private static Optional<Intents.Outcome> fulfilled(boolean yes) {
    return yes ? Optional.of(Intents.Outcome.FULFILLED) : Optional.empty();
  }
}
