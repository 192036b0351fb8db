package io.mlserve.protocol.oip;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.serving.Found;
import io.mlserve.serving.Target;
import io.mlserve.version.VersionChoice;

/**
 * Why nothing answers a request, in Triton's words. What nobody knows is not found; what is known
 * and cannot answer now is unavailable, and worth another try.
 */
final class OipRestAbsence {
  private OipRestAbsence() {}

  static MlserveException explain(Target target, Found.Absence why) {
    String model = "Request for unknown model: '" + target.model() + "' ";
    return switch (why) {
      case UNKNOWN_MODEL -> new MlserveException(ErrorCode.NOT_FOUND, model + "is not found");
      case NO_VERSION ->
          new MlserveException(ErrorCode.UNAVAILABLE, model + "has no available versions");
      case UNKNOWN_VERSION, UNKNOWN_LABEL ->
          new MlserveException(ErrorCode.NOT_FOUND, model + version(target) + " is not found");
      case VERSION_NOT_READY, LABEL_PENDING ->
          new MlserveException(
              ErrorCode.UNAVAILABLE, model + version(target) + " is not at ready state");
    };
  }

  private static String version(Target target) {
    if (target.version() instanceof VersionChoice.Specific number) {
      return "version " + number.version();
    }
    return target.version() instanceof VersionChoice.Label label
        ? "label " + label.label()
        : "version";
  }
}
