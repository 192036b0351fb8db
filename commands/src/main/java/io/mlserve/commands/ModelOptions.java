package io.mlserve.commands;

import io.mlserve.config.ConfigFile;
import io.mlserve.config.RepositoryModels;
import io.mlserve.config.TritonConfig;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.ModelName;
import io.mlserve.server.ModelSources;
import io.mlserve.serving.ModelFinder;
import io.mlserve.serving.ModelSettings;
import io.mlserve.store.ModelFolder;
import io.mlserve.store.ModelRepository;
import io.mlserve.store.TimestampFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What {@code serve} is to serve. */
final class ModelOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--model",
      arity = "1..*",
      paramLabel = "[NAME=]PATH",
      converter = ModelArgument.Converter.class,
      description =
          "A model to serve; repeatable. Without NAME it is named after its folder or file.")
  private List<ModelArgument> models = List.of();

  @Option(
      names = "--model-repository",
      paramLabel = "DIR",
      description =
          "Serve every model folder in DIR, named after its folder, and those that turn up there"
              + " later.")
  private Optional<Path> repository;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Serve the models that FILE lists, in YAML or as TensorFlow Serving's models.config, and"
              + " follow its changes.")
  private Optional<Path> config;

  @Option(
      names = "--timestamp-file",
      paramLabel = "NAME",
      defaultValue = TimestampFile.DEFAULT_NAME,
      description =
          "Name of the file in a model's folder whose touch announces a new version (default:"
              + " ${DEFAULT-VALUE}).")
  private String timestampFile;

  /** Where the server finds its models. */
  ModelSources sources() {
    Map<ModelName, ModelSettings> named = new LinkedHashMap<>();
    for (ModelArgument model : models) {
      ModelFolder folder = new ModelFolder(model.path(), timestampFile);
      ModelSettings before = named.put(model.name(), TritonConfig.settings(model.name(), folder));
      if (before != null) {
        throw usage(
            "--model: two models called '"
                + model.name()
                + "': "
                + before.folder().path()
                + " and "
                + model.path()
                + " (expected: NAME=PATH with different names)");
      }
    }
    ModelSources sources =
        new ModelSources(
            List.copyOf(named.values()),
            repository.map(folder -> new RepositoryModels(repository(folder))),
            config.map(file -> new ConfigFile(file, timestampFile)));
    if (named.isEmpty() && repository.isEmpty() && config.isEmpty()) {
      throw usage(
          "no model (expected: --model [NAME=]PATH, --model-repository DIR or --config FILE)");
    }
    return sources;
  }

  private ModelRepository repository(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new MlserveException(
          ErrorCode.NOT_FOUND, "--model-repository: cannot read folder " + folder);
    }
    return new ModelRepository(folder, timestampFile);
  }

  /** Every model that lies there now. */
  static List<ModelSettings> all(ModelSources sources) {
    List<ModelSettings> all = new ArrayList<>(sources.models());
    sources.config().ifPresent(file -> all.addAll(file.read().models()));
    if (sources.repository().isPresent()) {
      ModelFinder finder = sources.repository().get();
      finder.names().forEach(name -> finder.find(name).ifPresent(all::add));
    }
    return all;
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
