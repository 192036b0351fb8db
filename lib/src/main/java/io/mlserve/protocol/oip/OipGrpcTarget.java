package io.mlserve.protocol.oip;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.serving.Target;
import io.mlserve.version.VersionChoice;

/** The name and the version, both text, that every message of the gRPC service brings. */
final class OipGrpcTarget {
  private OipGrpcTarget() {}

  /**
   * The newest version if {@code version} is empty; {@code INVALID_ARGUMENT} if it is no number.
   */
  static Target of(String model, String version) {
    if (version.isEmpty()) {
      return new Target(model, VersionChoice.NEWEST);
    }
    try {
      return new Target(model, new VersionChoice.Specific(Long.parseLong(version)));
    } catch (NumberFormatException e) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT,
          "version '" + version + "' of model '" + model + "' (expected: a number)",
          e);
    }
  }
}
