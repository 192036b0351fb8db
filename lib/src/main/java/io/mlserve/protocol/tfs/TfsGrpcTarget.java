package io.mlserve.protocol.tfs;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.serving.ModelRegistry;
import io.mlserve.serving.Target;
import io.mlserve.version.VersionChoice;
import io.mlserve.wire.tfs.ModelSpec;

/** What a {@code ModelSpec} asks for. */
final class TfsGrpcTarget {
  private TfsGrpcTarget() {}

  /**
   * {@code INVALID_ARGUMENT} unless {@code present}. A label of digits that the model does not have
   * is taken as a version: so do widespread clients send versions.
   */
  static Target of(boolean present, ModelSpec spec, ModelRegistry models) {
    if (!present) {
      throw new MlserveException(ErrorCode.INVALID_ARGUMENT, "Missing ModelSpec");
    }
    return new Target(spec.getName(), version(spec, models));
  }

  private static VersionChoice version(ModelSpec spec, ModelRegistry models) {
    return switch (spec.getVersionChoiceCase()) {
      case VERSION -> new VersionChoice.Specific(spec.getVersion().getValue());
      case VERSION_LABEL -> label(spec, models);
      case VERSIONCHOICE_NOT_SET -> VersionChoice.NEWEST;
    };
  }

  private static VersionChoice label(ModelSpec spec, ModelRegistry models) {
    String label = spec.getVersionLabel();
    boolean known =
        models.model(spec.getName()).map(model -> model.labels().containsKey(label)).orElse(false);
    if (!known && label.matches("[0-9]{1,18}")) {
      return new VersionChoice.Specific(Long.parseLong(label));
    }
    return new VersionChoice.Label(label);
  }

  /** {@code FAILED_PRECONDITION} unless the signature is the one that every model has. */
  static void requireSignature(ModelSpec spec) {
    String name = spec.getSignatureName();
    if (!TfsSignature.isKnown(name)) {
      throw new MlserveException(
          ErrorCode.FAILED_PRECONDITION, "Serving signature key \"" + name + "\" not found.");
    }
  }
}
