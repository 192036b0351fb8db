package io.mlserve.server;

import io.mlserve.config.ConfigFile;
import io.mlserve.model.ModelName;
import io.mlserve.serving.ModelFinder;
import io.mlserve.serving.ModelSettings;
import io.mlserve.store.ModelFolder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a server learns what to serve.
 *
 * @param models that are served as long as it runs
 * @param repository whose models are served under their folders' names
 * @param config a file that lists more, and is looked at again and again
 */
public record ModelSources(
    List<ModelSettings> models, Optional<ModelFinder> repository, Optional<ConfigFile> config) {
  public ModelSources {
    models = List.copyOf(models);
  }

  /** The newest version of each folder, and nothing else. */
  public static ModelSources of(Map<ModelName, ModelFolder> folders) {
    List<ModelSettings> models = new ArrayList<>();
    folders.forEach((name, folder) -> models.add(ModelSettings.of(name, folder)));
    return new ModelSources(models, Optional.empty(), Optional.empty());
  }
}
