package io.mlserve.protocol.tfs;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.serving.Found;
import io.mlserve.serving.Target;
import io.mlserve.version.VersionChoice;

/** Why nothing answers a request, in TensorFlow Serving's words and codes. */
final class TfsAbsence {
  private TfsAbsence() {}

  static MlserveException explain(Target target, Found.Absence why) {
    return switch (why) {
      case UNKNOWN_LABEL ->
          new MlserveException(
              ErrorCode.INVALID_ARGUMENT, "Unrecognized servable version label: " + label(target));
      case LABEL_PENDING ->
          new MlserveException(
              ErrorCode.UNAVAILABLE,
              "the version of label " + label(target) + " is not loaded yet, try again");
      case UNKNOWN_MODEL, NO_VERSION, UNKNOWN_VERSION, VERSION_NOT_READY ->
          new MlserveException(
              ErrorCode.NOT_FOUND, "Servable not found for request: " + describe(target));
    };
  }

  private static String label(Target target) {
    return target.version() instanceof VersionChoice.Label label ? label.label() : "";
  }

  private static String describe(Target target) {
    return target.version() instanceof VersionChoice.Specific number
        ? "Specific(" + target.model() + ", " + number.version() + ")"
        : "Latest(" + target.model() + ")";
  }
}
