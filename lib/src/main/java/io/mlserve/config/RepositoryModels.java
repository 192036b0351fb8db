package io.mlserve.config;

import io.mlserve.model.ModelName;
import io.mlserve.serving.ModelFinder;
import io.mlserve.serving.ModelSettings;
import io.mlserve.store.ModelFolder;
import io.mlserve.store.ModelRepository;
import java.util.List;
import java.util.Optional;

/** The models of a repository, each served as its own {@code config.pbtxt} says if it has one. */
public record RepositoryModels(ModelRepository repository) implements ModelFinder {
  @Override
  public List<String> names() {
    return repository.names();
  }

  @Override
  public Optional<ModelSettings> find(String name) {
    if (!ModelName.isValid(name)) {
      return Optional.empty();
    }
    ModelFolder folder = repository.folder(name);
    return folder.look().map(mark -> TritonConfig.settings(new ModelName(name), folder));
  }
}
