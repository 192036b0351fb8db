package io.mlserve.runtime;

import java.nio.ByteBuffer;

/** Where a run's outputs are written when their size is known before. */
@FunctionalInterface
public interface OutputMemory {
  /**
   * Direct memory of {@code bytes} bytes in native order, position 0, limit {@code bytes}; valid
   * until the caller of the run has read the answer.
   */
  ByteBuffer take(long bytes);
}
