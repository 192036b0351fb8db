package io.mlserve.serving;

import io.mlserve.change.ChangeMachine;
import io.mlserve.change.Settled;
import io.mlserve.error.MlserveException;
import io.mlserve.metrics.ServingMetrics;
import io.mlserve.model.Signature;
import io.mlserve.serving.VersionStatus.Failure;
import io.mlserve.store.ModelFiles;
import io.mlserve.store.ModelFolder;
import io.mlserve.store.ModelMark;
import io.mlserve.version.VersionChoice;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at one model's folder and brings what it finds into service: read the mark, load, check,
 * swap, and only then call the mark applied. Every failure keeps what is served.
 *
 * <p>Owned by the loop that calls {@link #poll}.
 */
final class Reloader {
  private static final Logger log = LoggerFactory.getLogger(Reloader.class);

  private final ServedModel model;
  private final ModelFolder folder;
  private final ServableLoader loader;
  private final ServingOptions options;
  private final ServingMetrics metrics;
  private final Clock clock;
  private final ChangeMachine<ModelMark> machine;
  private final Settled<ModelMark> settled = new Settled<>();

  private boolean served; // a first version is or was in service
  private long lastVersion; // number of the latest version that was brought into service
  private @Nullable String lastComplaint; // about the folder itself, so as to log it once

  Reloader(
      ServedModel model,
      ModelFolder folder,
      ServableLoader loader,
      ServingOptions options,
      ServingMetrics metrics) {
    this.model = model;
    this.folder = folder;
    this.loader = loader;
    this.options = options;
    this.metrics = metrics;
    this.clock = Clock.systemUTC();
    this.machine = new ChangeMachine<>(options.retry());
  }

  void poll() {
    if (served && !options.reload()) {
      return;
    }
    try {
      Optional<ModelMark> seen = settle(folder.look());
      lastComplaint = null;
      machine.observe(seen, clock.instant()).ifPresent(this::apply);
    } catch (MlserveException e) {
      if (!e.message().equals(lastComplaint)) {
        log.warn("{}: {}; going on with what is served", model.name(), e.message());
        lastComplaint = e.message();
      }
    }
  }

  private Optional<ModelMark> settle(Optional<ModelMark> seen) {
    if (seen.isPresent() && seen.get() instanceof ModelMark.Numbered) {
      // At the first look nothing is served, and what lies there is most likely complete: if not,
      // it
      // fails to load and is tried again.
      return served ? settled.observe(seen) : seen;
    }
    // Between a swap of the folder and the touch there is no timestamp file: wait for the touch.
    return seen.filter(mark -> !(served && mark instanceof ModelMark.Untouched));
  }

  private void apply(ModelMark mark) {
    List<ModelFiles> candidates;
    try {
      candidates = folder.versionFiles();
    } catch (MlserveException e) {
      failed(lastVersion + 1, e);
      machine.failed(mark, clock.instant());
      return;
    }
    boolean newest = true;
    for (ModelFiles files : candidates) {
      if (bringIn(files)) {
        // An older version that serves for want of a better one does not make the mark applied.
        if (newest) {
          machine.applied(mark);
        } else {
          machine.failed(mark, clock.instant());
        }
        return;
      }
      newest = false;
      if (served) {
        break;
      }
    }
    machine.failed(mark, clock.instant());
  }

  private boolean bringIn(ModelFiles files) {
    long version = files.version().orElse(lastVersion + 1);
    model.history().loading(version);
    long start = System.nanoTime();
    try {
      Servable next = loader.load(model.name(), version, files.model(), servedSignature());
      model.put(next);
      model.loadedVersions().stream()
          .filter(other -> other != version)
          .toList()
          .forEach(model::remove);
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      metrics.loaded(model.name(), version, Optional.of(took));
      log.info("{}: version {} is served, loaded in {} ms", model.name(), version, took.toMillis());
      lastVersion = version;
      served = true;
      return true;
    } catch (MlserveException e) {
      failed(version, e);
      return false;
    } catch (RuntimeException e) {
      failed(
          version,
          new MlserveException(io.mlserve.error.ErrorCode.INTERNAL, "unexpected: " + e, e));
      log.error("{}: version {}: unexpected failure", model.name(), version, e);
      return false;
    }
  }

  private Optional<Signature> servedSignature() {
    if (!(model.find(VersionChoice.NEWEST) instanceof Found.Leased leased)) {
      return Optional.empty();
    }
    try (Lease<Servable> held = leased.lease()) {
      return Optional.of(held.value().signature());
    }
  }

  private void failed(long version, MlserveException why) {
    model.history().failed(version, new Failure(why.code(), why.message()));
    metrics.loaded(model.name(), version, Optional.empty());
    log.warn(
        "{}: version {} cannot be served: {}{}; {}",
        model.name(),
        version,
        why.message(),
        why.hint().map(hint -> " (" + hint + ")").orElse(""),
        served ? "still serving version " + lastVersion : "nothing is served yet");
  }
}
