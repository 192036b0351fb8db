package io.mlserve.serving;

import io.mlserve.runtime.OutputMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Memory for the outputs of runs that are bound one after another and never run at once: all of
 * them share it. When it must grow it moves, and those bound before write where nobody reads.
 */
final class BoundOutputs implements OutputMemory {
  private final List<ByteBuffer> outputs = new ArrayList<>();
  private int next;
  private boolean moved;

  /** A run is bound from now on: it asks for its outputs in the model's order. */
  void begin() {
    next = 0;
    moved = false;
  }

  /** Whether memory that others are bound to has moved since {@link #begin}. */
  boolean hasMoved() {
    return moved;
  }

  @Override
  public ByteBuffer take(long bytes) {
    int index = next++;
    if (index == outputs.size()) {
      outputs.add(ProbeInputs.memory(bytes));
    } else if (outputs.get(index).capacity() < bytes) {
      outputs.set(index, ProbeInputs.memory(Math.min(2 * bytes, Integer.MAX_VALUE - 8)));
      moved = true;
    }
    return outputs.get(index).slice(0, Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
  }
}
