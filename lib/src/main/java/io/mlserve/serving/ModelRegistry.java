package io.mlserve.serving;

import io.mlserve.loop.PollLoop;
import io.mlserve.metrics.ServingMetrics;
import io.mlserve.model.ModelName;
import io.mlserve.store.ModelFolder;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All models of a server by name, each with its own loop that keeps it fresh, so that none waits
 * for another's folder or failure.
 */
public final class ModelRegistry implements AutoCloseable {
  private final Map<String, ServedModel> models = new LinkedHashMap<>(); // never changed once built
  private final List<PollLoop> loops = new ArrayList<>();

  private ModelRegistry() {}

  /**
   * Starts to load the models that lie in {@code folders}; returns at once, before any is served.
   * The caller closes the registry when no request is under way any more.
   */
  public static ModelRegistry open(
      Map<ModelName, ModelFolder> folders, ServingOptions options, ServingMetrics metrics) {
    ModelRegistry registry = new ModelRegistry();
    ServableLoader loader = new ServableLoader(options);
    List<Reloader> reloaders = new ArrayList<>();
    folders.forEach(
        (name, folder) -> {
          ServedModel model = new ServedModel(name, metrics, Clock.systemUTC());
          registry.models.put(name.text(), model);
          reloaders.add(new Reloader(model, folder, loader, options, metrics));
        });
    int at = 0;
    for (ModelName name : folders.keySet()) {
      registry.loops.add(
          PollLoop.start("reload-" + name, options.reloadInterval(), reloaders.get(at++)::poll));
    }
    return registry;
  }

  public Optional<ServedModel> model(String name) {
    return Optional.ofNullable(models.get(name));
  }

  /** A lease of what {@code target} means now, or why there is none. */
  public Found find(Target target) {
    ServedModel model = models.get(target.model());
    return model == null
        ? new Found.Absent(Found.Absence.UNKNOWN_MODEL)
        : model.find(target.version());
  }

  /** In the order in which they were named. */
  public Collection<ServedModel> all() {
    return models.values();
  }

  /** Whether every model can answer. */
  public boolean isReady() {
    return models.values().stream().allMatch(model -> model.servedVersion().isPresent());
  }

  /** Ends all loops, waiting for loads under way, then lets go of every model. */
  @Override
  public void close() {
    loops.forEach(PollLoop::close);
    models.values().forEach(ServedModel::close);
  }
}
