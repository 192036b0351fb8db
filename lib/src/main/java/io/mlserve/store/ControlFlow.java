package io.mlserve.store;

import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.nio.file.Path;

/** Whether what a model does depends on the values that it gets, and not on their shapes alone. */
public final class ControlFlow {
  private ControlFlow() {}

  /** Whether {@code file} holds a loop or a branch; also if it cannot be told. */
  public static boolean isIn(Path file) {
    try {
      return ExternalDataScanner.hasSubgraphs(file);
    } catch (IOException | MlserveException e) {
      return true;
    }
  }
}
