package io.mlserve.monitor;

import io.mlserve.error.MlserveException;
import io.mlserve.monitor.MonitorEvent.Kind;
import io.mlserve.monitor.MonitorPlan.Served;
import io.mlserve.store.InstalledVersion;
import io.mlserve.store.Staging;
import io.mlserve.store.VersionStore;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The local side of a monitor: the versions, the staging folder and the state file of one model,
 * all under one lock.
 *
 * <p>Not thread-safe: one owner, who closes it.
 */
public final class LocalModel implements AutoCloseable {
  private final Served served;
  private final VersionStore store;
  private final Staging staging;
  private final StateFile stateFile;
  private final Consumer<MonitorEvent> events;

  private MonitorState state;

  private LocalModel(
      Served served, VersionStore store, Staging staging, Consumer<MonitorEvent> events) {
    this.served = served;
    this.store = store;
    this.staging = staging;
    this.stateFile = StateFile.of(served, store.folder());
    this.events = events;
    this.state = MonitorState.EMPTY;
  }

  /**
   * Takes the lock and puts right what a killed predecessor left. {@code LOCKED} if another process
   * delivers this model.
   */
  public static LocalModel open(Served served, Consumer<MonitorEvent> events) {
    VersionStore store = VersionStore.open(served.model(), served.timestampName());
    try {
      LocalModel model =
          new LocalModel(served, store, Staging.open(served.temporary(), store), events);
      model.repair();
      return model;
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
  }

  private void repair() {
    try {
      state = stateFile.read();
    } catch (MlserveException e) {
      tell(Kind.REPAIRED, e.message() + "; starting without one");
    }
    if (staging.isMoved()) {
      tell(
          Kind.REPAIRED,
          served.temporary()
              + " is on another file system than the model; using "
              + staging.folder()
              + " instead");
    }
    store.current().filter(version -> !store.isTouched(version)).ifPresent(this::touchLate);
    store.prune(served.keep());
  }

  private void touchLate(InstalledVersion version) {
    store.touch(version, Instant.now());
    tell(Kind.REPAIRED, "version " + version.id() + " had no timestamp file and has one now");
  }

  private void tell(Kind kind, String text) {
    events.accept(new MonitorEvent(kind, text));
  }

  MonitorState state() {
    return state;
  }

  Staging staging() {
    return staging;
  }

  /** What is in effect of the publications of {@code source}, if the disk still bears it out. */
  Optional<MonitorState.Applied> applied(String source) {
    Optional<String> current = store.current().map(InstalledVersion::id);
    return state.applied(source, current);
  }

  /** The served version, if one of ours is served. */
  public Optional<InstalledVersion> current() {
    return store.current();
  }

  InstalledVersion install(Path model) {
    return store.install(model);
  }

  /** Tells the server to look; does nothing if it was told of this very version before. */
  boolean touch(InstalledVersion version, Instant now) {
    if (store.isTouched(version)) {
      return false;
    }
    store.touch(version, now);
    return true;
  }

  List<InstalledVersion> prune() {
    return store.prune(served.keep());
  }

  /** Remembers {@code newState}, on the disk too. */
  void remember(MonitorState newState) {
    state = newState;
    stateFile.write(newState);
  }

  @Override
  public void close() {
    store.close();
  }
}
