package io.mlserve.config;

import com.google.protobuf.TextFormat;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.ModelName;
import io.mlserve.serving.ModelSettings;
import io.mlserve.store.ModelFolder;
import io.mlserve.version.VersionPolicy;
import io.mlserve.wire.oip.ModelConfig;
import io.mlserve.wire.oip.ModelVersionPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a model's own {@code config.pbtxt} says, as far as it has a meaning here: the version
 * policy. A file that describes another kind of model is refused rather than half obeyed.
 *
 * @param policy which versions to load
 * @param unused fields that are set and have no effect here
 */
public record TritonConfig(VersionPolicy policy, List<String> unused) {
  private static final Logger log = LoggerFactory.getLogger(TritonConfig.class);

  /** Its name in a model's folder. */
  public static final String FILE = "config.pbtxt";

  private static final Set<String> BACKENDS = Set.of("", "onnxruntime");
  private static final Set<String> PLATFORMS = Set.of("", "onnxruntime_onnx");

  // Fields that only repeat what the model says itself, or that are obeyed.
  private static final Set<String> USED =
      Set.of(
          "name",
          "platform",
          "backend",
          "version_policy",
          "input",
          "output",
          "default_model_filename",
          "model_transaction_policy");

  /** The one in {@code folder}, if there is one; {@code INVALID_ARGUMENT} says what is wrong. */
  public static Optional<TritonConfig> in(Path folder) {
    Path file = folder.resolve(FILE);
    try {
      return Optional.of(parse(Files.readString(file), String.valueOf(folder.getFileName())));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      if (!Files.isDirectory(folder)) {
        return Optional.empty();
      }
      throw new MlserveException(ErrorCode.UNAVAILABLE, "cannot read " + file, e);
    }
  }

  /**
   * How the model in {@code folder} is to be served under {@code name}: as its own file says, or
   * its newest version if it has none.
   */
  public static ModelSettings settings(ModelName name, ModelFolder folder) {
    Optional<TritonConfig> config = in(folder.path());
    if (config.isEmpty()) {
      return ModelSettings.of(name, folder);
    }
    if (!config.get().unused().isEmpty()) {
      log.warn("{}: {}: no effect: {}", name, FILE, String.join(", ", config.get().unused()));
    }
    return new ModelSettings(name, folder, config.get().policy(), Map.of());
  }

  /**
   * @param folder name of the model's folder, which a name in the file has to repeat
   */
  static TritonConfig parse(String text, String folder) {
    ModelConfig.Builder builder = ModelConfig.newBuilder();
    try {
      TextFormat.Parser.newBuilder().setAllowUnknownFields(true).build().merge(text, builder);
    } catch (TextFormat.ParseException e) {
      throw invalid("" + e.getMessage());
    }
    ModelConfig config = builder.build();
    require(
        config.getName().isEmpty() || config.getName().equals(folder),
        "name: '" + config.getName() + "' (expected: '" + folder + "', as its folder is called)");
    require(
        BACKENDS.contains(config.getBackend()),
        "backend: '" + config.getBackend() + "' (expected: onnxruntime)");
    require(
        PLATFORMS.contains(config.getPlatform()),
        "platform: '" + config.getPlatform() + "' (expected: onnxruntime_onnx)");
    require(!config.hasSequenceBatching(), "sequence_batching is not offered");
    require(!config.getModelTransactionPolicy().getDecoupled(), "decoupled models are not offered");
    require(
        config.getDefaultModelFilename().toLowerCase(Locale.ROOT).endsWith(".onnx")
            || config.getDefaultModelFilename().isEmpty(),
        "default_model_filename: '"
            + config.getDefaultModelFilename()
            + "' (expected: a name that ends in .onnx)");
    List<String> unused = new ArrayList<>();
    config
        .getAllFields()
        .keySet()
        .forEach(
            field -> {
              if (!USED.contains(field.getName())) {
                unused.add(field.getName());
              }
            });
    return new TritonConfig(policy(config.getVersionPolicy()), List.copyOf(unused));
  }

  private static VersionPolicy policy(ModelVersionPolicy policy) {
    return switch (policy.getPolicyChoiceCase()) {
      case LATEST -> new VersionPolicy.Latest(Math.max(1, policy.getLatest().getNumVersions()));
      case ALL -> new VersionPolicy.All();
      case SPECIFIC -> {
        require(
            policy.getSpecific().getVersionsCount() > 0,
            "version_policy: specific {} names no versions");
        yield new VersionPolicy.Specific(new HashSet<>(policy.getSpecific().getVersionsList()));
      }
      case POLICYCHOICE_NOT_SET -> VersionPolicy.NEWEST;
    };
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw invalid(otherwise);
    }
  }

  private static MlserveException invalid(String message) {
    return new MlserveException(ErrorCode.INVALID_ARGUMENT, FILE + ": " + message);
  }
}
