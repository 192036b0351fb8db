package io.mlserve.monitor;

import io.mlserve.error.MlserveException;
import java.nio.file.Path;

/** Judges a model before it is installed, best where a crash cannot hurt the monitor. */
@FunctionalInterface
public interface ModelCheck {
  /**
   * Returns if {@code model}, a folder, can be served. {@code DATA_LOSS} if it never can: the same
   * bytes are not tried again. Any other {@link MlserveException} if that could not be found out.
   */
  void check(Path model);

  /**
   * Names the check and all that its verdict depends on, such as the version of the program. A
   * model that one check refused is tried again by one of another name.
   */
  default String name() {
    return "check";
  }

  /** Takes every model as it is. */
  static ModelCheck none() {
    return new ModelCheck() {
      @Override
      public void check(Path model) {}

      @Override
      public String name() {
        return "none";
      }
    };
  }
}
