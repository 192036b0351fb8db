package io.mlserve.bench;

import io.mlserve.runtime.OutputMemory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Memory for the outputs of one run, used again by the next. */
final class LocalOutputs implements OutputMemory {
  private final List<ByteBuffer> buffers = new ArrayList<>();
  private int taken;

  void reuse() {
    taken = 0;
  }

  @Override
  public ByteBuffer take(long bytes) {
    if (taken == buffers.size()) {
      buffers.add(TensorBytes.memory(bytes));
    } else if (buffers.get(taken).capacity() < bytes) {
      buffers.set(taken, TensorBytes.memory(bytes));
    }
    return buffers.get(taken++).clear().limit((int) bytes);
  }
}
