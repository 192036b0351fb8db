package io.mlserve.config;

import com.google.protobuf.TextFormat;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.ModelName;
import io.mlserve.serving.ModelSettings;
import io.mlserve.store.ModelFolder;
import io.mlserve.version.VersionPolicy;
import io.mlserve.wire.tfs.FileSystemStoragePathSourceConfig.ServableVersionPolicy;
import io.mlserve.wire.tfs.ModelConfig;
import io.mlserve.wire.tfs.ModelServerConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * TensorFlow Serving's configuration, as the text form of {@code ModelServerConfig} and as the
 * message itself.
 */
public final class TfsConfig {
  private static final Pattern LIST =
      Pattern.compile("(?m)^\\s*(model_config_list|custom_model_config)\\s*:?\\s*[{<]");
  private static final Set<String> PLATFORMS =
      Set.of("", "onnx", "onnxruntime", "onnxruntime_onnx", "tensorflow");

  private TfsConfig() {}

  /** Whether {@code text} looks like one. */
  static boolean isOne(String text) {
    return LIST.matcher(text).find();
  }

  static List<ModelSettings> parse(String text, String timestampFile) {
    ModelServerConfig.Builder config = ModelServerConfig.newBuilder();
    try {
      TextFormat.merge(text, config);
    } catch (TextFormat.ParseException e) {
      throw new MlserveException(ErrorCode.INVALID_ARGUMENT, "" + e.getMessage(), e);
    }
    return models(config.build(), timestampFile);
  }

  /** The models that {@code config} lists; {@code INVALID_ARGUMENT} says what is wrong in it. */
  public static List<ModelSettings> models(ModelServerConfig config, String timestampFile) {
    if (config.hasCustomModelConfig()) {
      throw invalid("custom_model_config is not offered (expected: model_config_list)");
    }
    if (!config.hasModelConfigList()) {
      throw invalid("no model_config_list");
    }
    List<ModelSettings> models = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (ModelConfig model : config.getModelConfigList().getConfigList()) {
      if (!names.add(model.getName())) {
        throw invalid("two models called '" + model.getName() + "'");
      }
      models.add(settings(model, timestampFile));
    }
    return models;
  }

  private static ModelSettings settings(ModelConfig model, String timestampFile) {
    ModelName name = new ModelName(model.getName());
    if (model.getBasePath().isEmpty()) {
      throw invalid("model '" + name + "' has no base_path");
    }
    if (!PLATFORMS.contains(model.getModelPlatform())) {
      throw invalid(
          "model '"
              + name
              + "': model_platform '"
              + model.getModelPlatform()
              + "' (expected: onnx, or none)");
    }
    return new ModelSettings(
        name,
        new ModelFolder(Path.of(model.getBasePath()), timestampFile),
        policy(model.getModelVersionPolicy()),
        model.getVersionLabelsMap());
  }

  private static VersionPolicy policy(ServableVersionPolicy policy) {
    return switch (policy.getPolicyChoiceCase()) {
      case LATEST -> new VersionPolicy.Latest(Math.max(1, policy.getLatest().getNumVersions()));
      case ALL -> new VersionPolicy.All();
      case SPECIFIC -> specific(policy.getSpecific().getVersionsList());
      case POLICYCHOICE_NOT_SET -> VersionPolicy.NEWEST;
    };
  }

  private static VersionPolicy specific(List<Long> versions) {
    if (versions.isEmpty()) {
      throw invalid("specific {} names no versions");
    }
    return new VersionPolicy.Specific(new HashSet<>(versions));
  }

  private static MlserveException invalid(String message) {
    return new MlserveException(ErrorCode.INVALID_ARGUMENT, message);
  }
}
